"""A small drawing for each kind of node: strokes on a field of 16 by 16."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlspec.graph.model import NodeKind

ICONS: dict[NodeKind, str] = {
    "source": "M2.5 4C2.5 2 13.5 2 13.5 4S2.5 6 2.5 4V12C2.5 14 13.5 14 13.5 12V4"
    "M2.5 8C2.5 10 13.5 10 13.5 8",
    "ingest": "M8 2V10M5 7L8 10L11 7M2.5 10.5V13.5H13.5V10.5",
    "check": "M2.5 3H9M2.5 8H6.5M2.5 13H5M8 11.5L10.3 13.5L14 8.5",
    "transform": "M2 5H11.5M9 2.5L11.8 5L9 7.5M14 11H4.5M7 8.5L4.2 11L7 13.5",
    "train": "M4 12.5A1.5 1.5 0 1 1 4 12.4M12 12.5A1.5 1.5 0 1 1 12 12.4"
    "M9.5 3.5A1.5 1.5 0 1 1 9.5 3.4M4 10.5L7.2 5.2M8.8 5.2L11.5 10.5M5.5 12.5H9",
    "evaluate": "M2.5 2.5V13.5H13.5M5.5 13V9.5M8.5 13V6M11.5 13V8",
    "gate": "M8 2L13 4V8C13 11 10.8 13 8 14.2C5.2 13 3 11 3 8V4ZM5.7 8L7.4 9.8L10.4 6.4",
    "register": "M4 2.5H12V13.5L8 10.5L4 13.5Z",
    "report": "M2.5 3H13.5V10.5H8L5 13.5V10.5H2.5ZM5 6H11M5 8H9",
    "model": "M8 1.8L13.5 4.8V11.2L8 14.2L2.5 11.2V4.8ZM2.5 4.8L8 7.8L13.5 4.8M8 7.8V14.2",
    "predictor": "M2.5 3H13.5V7H2.5ZM2.5 9H13.5V13H2.5ZM5 5H5.2M5 11H5.2M8 5H11M8 11H11",
    "service": "M8 2A6 6 0 1 1 7.9 2M2 8H14M8 2C5 5 5 11 8 14M8 2C11 5 11 11 8 14",
    "alerts": "M3.5 11.5C5 10 4.5 7.5 5 5.5C5.8 2.8 10.2 2.8 11 5.5C11.5 7.5 11 10 12.5 11.5Z"
    "M6.8 13.5H9.2M8 2V3.4",
}
