"""helm and kubectl kustomize beside mlspec, on the same manifests.

    python -m bench.rivals [--runs N]

A generated project is rendered, and twelve of its manifests are made into a chart and into a
kustomization, with four values to fill in: the namespace, the team, the project's image and who
owns it. They only fill these in: what to write, whether it is right and whether a cluster takes it
is mlspec's work alone. "Each further" is the slope from 10 to 100 projects: for helm a chart of
charts, for kubectl a kustomization of kustomizations, for mlspec a folder of projects, all in one
process. A tool that is not on the PATH is left out.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from bench.measure import (
    MLSPEC,
    Figure,
    Spent,
    cpu,
    emptied,
    figure,
    jobs,
    ratio,
    shown,
    spend,
    table,
    wall,
    with_bare,
    workplace,
)
from bench.monorepo import write

TAKEN = 12
FEW, MANY = 10, 100


class Project:
    """The manifests of one project, without those of Argo CD itself, and what stands in them."""

    def __init__(self, place: Path, generated: Path) -> None:
        self.name = place.name
        spec = yaml.safe_load((place / "project.yaml").read_text(encoding="utf-8"))
        files = sorted(generated.joinpath(self.name, "prod").glob("*/*.yaml"))
        ours = [file for file in files if file.parent.name != "argo_cd"]
        # The large ones first: the workflow, the alerts, the service.
        ours.sort(key=lambda file: (-file.stat().st_size, file.name))
        self.manifests = {
            f"{file.parent.name}-{file.name}": file.read_text(encoding="utf-8")
            for file in ours[:TAKEN]
        }
        self.values = {
            "namespace": f"{self.name}-prod",
            "team": spec["metadata"]["team"],
            "owner": spec["metadata"]["owners"][0],
            "image": spec["image"],
        }

    def chart(self, folder: Path) -> None:
        _text(folder / "Chart.yaml", f"apiVersion: v2\nname: {self.name}\nversion: 1.0.0\n")
        _text(folder / "values.yaml", json.dumps(self.values))
        for file, text in self.manifests.items():
            _text(folder / "templates" / file, self._template(text))

    def _template(self, text: str) -> str:
        """Braces that are for Argo or Prometheus stay; values become helm's."""
        text = text.replace("{{", '{{ "{{" }}')
        for key, value in self.values.items():
            text = text.replace(value, f"{{{{ .Values.{key} }}}}")
        return text

    def kustomization(self, folder: Path) -> None:
        for file, text in self.manifests.items():
            _text(folder / file, text)
        image, _, tag = self.values["image"].rpartition(":")
        _json(folder / "kustomization.yaml", {
            "namespace": self.values["namespace"],
            "labels": [{"pairs": {"team": self.values["team"]}}],
            "commonAnnotations": {"owner": self.values["owner"]},
            "images": [{"name": image, "newTag": tag}],
            "resources": sorted(self.manifests),
        })  # fmt: skip


def _text(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _json(file: Path, value: object) -> None:
    _text(file, json.dumps(value))  # which is YAML


class Tool:
    """One way to make the manifests of a folder of projects."""

    def __init__(self, name: str, command: Callable[[Path], Sequence[str]]) -> None:
        self.name = name
        self.command = command

    def on(self, folder: Path) -> Callable[[], Spent]:
        return lambda: spend(self.command(folder), folder, emptied(folder / ".no-cache"))


def _mlspec(folder: Path) -> Sequence[str]:
    output = emptied(folder / ".fresh")
    return (MLSPEC, "render", str(folder), *jobs("render", 1), "-o", str(output))


def tools() -> list[Tool]:
    found = [Tool("`mlspec render`", _mlspec)]
    if helm := shutil.which("helm"):
        found.append(Tool("`helm template`", lambda folder: (helm, "template", str(folder))))
    if kubectl := shutil.which("kubectl"):
        found.append(
            Tool("`kubectl kustomize`", lambda folder: (kubectl, "kustomize", str(folder)))
        )
    return found


def prepare(folder: Path, tool: Tool, projects: int) -> Path:
    """A folder that the tool makes the manifests of so many projects from."""
    repo, root = folder / f"repo-{projects}", folder / f"{tool.name}-{projects}".strip("`")
    if not repo.exists():
        write(repo, projects, 1)
        generated = str(folder / f"generated-{projects}")
        spend((MLSPEC, "render", str(repo), "-o", generated), cache=folder / "cache")
    if "mlspec" in tool.name:
        return repo
    found = [
        Project(place, folder / f"generated-{projects}")
        for place in sorted((repo / "projects").iterdir())
    ]
    if "helm" in tool.name:
        _text(root / "Chart.yaml", "apiVersion: v2\nname: all\nversion: 1.0.0\n")
        for each in found:
            each.chart(root / "charts" / each.name)
    else:
        for each in found:
            each.kustomization(root / each.name)
        _json(root / "kustomization.yaml", {"resources": sorted(each.name for each in found)})
    return root


def rivals_table(runs: int = 9) -> str:
    with workplace() as folder:
        work: dict[str, Callable[[], Spent]] = {}
        for tool in tools():
            for size in (1, FEW, MANY):
                work[f"{tool.name} {size}"] = tool.on(prepare(folder, tool, size))
        spent, units = with_bare(work, runs)
    lines = [["`python -c pass`", _shown(figure(units)), "1", "", ""]]
    for tool in tools():
        one = spent[f"{tool.name} 1"]
        slope = _slope(spent[f"{tool.name} {FEW}"], spent[f"{tool.name} {MANY}"])
        multiple = _shown(ratio(one, units))
        lines.append([tool.name, _shown(cpu(one)), multiple, _shown(wall(one)), _shown(slope)])
    head = ("tool", "one project, CPU ms", "x bare", "wall ms", "each further, CPU ms")
    absent = [name for name in ("helm", "kubectl") if not shutil.which(name)]
    said = f"Not on the PATH, so left out: {', '.join(absent)}." if absent else ""
    return "\n\n".join(filter(None, [table(head, lines), said]))


def _slope(few: Sequence[Spent], many: Sequence[Spent]) -> Figure:
    pairs = zip(few, many, strict=True)
    return figure((large.cpu_ms - small.cpu_ms) / (MANY - FEW) for small, large in pairs)


def _shown(found: Figure) -> str:
    return f"{shown(found.middle)} ({shown(found.low)} to {shown(found.high)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=9)
    print(rivals_table(parser.parse_args().runs))


if __name__ == "__main__":
    main()
