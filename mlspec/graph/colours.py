"""The colours of the picture, by day and by night, and the style sheet that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.graph.model import ClusterName, NodeKind

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif"


class Palette(Record):
    """`kinds`: of icons and the bar at a card's edge."""

    paper: str
    band: Mapping[ClusterName, str]
    card: str
    border: str
    ink: str
    soft: str
    line: str
    waiting: str
    tag: str
    kinds: Mapping[NodeKind, str]


DAY = Palette(
    paper="#fdfaf5",
    band={
        "data": "#f3ead8",
        "pipeline": "#f6f1e8",
        "registry": "#f2e8f0",
        "serving": "#e6efe6",
        "monitoring": "#f8e7e0",
    },
    card="#fffefb",
    border="#d9cebd",
    ink="#2f2823",
    soft="#6d6056",
    line="#8a7864",
    waiting="#a8988a",
    tag="#fff6df",
    kinds={
        "source": "#8a6414",
        "ingest": "#8a6414",
        "check": "#4d7c4a",
        "transform": "#2f6f86",
        "train": "#b4532a",
        "evaluate": "#7a5aa0",
        "gate": "#4d7c4a",
        "register": "#94446f",
        "report": "#6d6056",
        "model": "#94446f",
        "predictor": "#2e7565",
        "service": "#2e7565",
        "alerts": "#b23b2e",
    },
)
NIGHT = Palette(
    paper="#1d1916",
    band={
        "data": "#2c261c",
        "pipeline": "#26211c",
        "registry": "#2c222a",
        "serving": "#1f2a25",
        "monitoring": "#30211d",
    },
    card="#352e28",
    border="#54483e",
    ink="#f3ebe1",
    soft="#bfb1a3",
    line="#a3917f",
    waiting="#7d6f63",
    tag="#4a3d26",
    kinds={
        "source": "#e0b45c",
        "ingest": "#e0b45c",
        "check": "#93c48d",
        "transform": "#7fbdd3",
        "train": "#f0976b",
        "evaluate": "#bb9fe0",
        "gate": "#93c48d",
        "register": "#e08fbb",
        "report": "#bfb1a3",
        "model": "#e08fbb",
        "predictor": "#79c7b3",
        "service": "#79c7b3",
        "alerts": "#f28b7d",
    },
)


def style_sheet() -> str:
    """For the SVG. Colours are written out for each: not every program that draws SVG knows
    variables, and one that knows no media queries draws the day."""
    night = "".join(_coloured(NIGHT))
    return (
        f"text{{font-family:{FONT}}}"
        ".t{font-size:19px;font-weight:600}.d{font-size:12.5px}"
        ".h{font-size:10.5px;font-weight:600;letter-spacing:.08em}.o{font-size:10.5px}"
        ".l{font-size:13px;font-weight:600}.s{font-size:11px}.g text{font-size:10.5px}"
        ".e path,.i{fill:none;stroke-linecap:round;stroke-linejoin:round}"
        ".e path{stroke-width:1.4}.w path{stroke-dasharray:3 4}.i{stroke-width:1.4}"
        f"{''.join(_coloured(DAY))}@media(prefers-color-scheme:dark){{{night}}}"
    )


def _coloured(palette: Palette) -> Iterator[str]:
    yield f".p{{fill:{palette.paper}}}.c{{fill:{palette.card};stroke:{palette.border}}}"
    yield f".t,.l{{fill:{palette.ink}}}.d,.s,.h,.o{{fill:{palette.soft}}}"
    yield f".e path{{stroke:{palette.line}}}.e polygon{{fill:{palette.line}}}"
    yield f".w path{{stroke:{palette.waiting}}}.w polygon{{fill:{palette.waiting}}}"
    yield f".g rect{{fill:{palette.tag};stroke:{palette.border}}}.g text{{fill:{palette.ink}}}"
    for name, colour in palette.band.items():
        yield f".b-{name}{{fill:{colour}}}"
    for kind, colour in palette.kinds.items():
        yield f".k-{kind} .i{{stroke:{colour}}}.k-{kind} .a{{fill:{colour}}}"
