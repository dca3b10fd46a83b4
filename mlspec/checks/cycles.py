"""Cycles: no step waits, over whatever detour, for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks.context import Context
from mlspec.source.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlspec.checks.dataflow import Node


def check_cycles(context: Context) -> Iterator[Problem]:
    """One problem a circle, at its first step in the order of the file."""
    nodes: dict[str, Node] = {}
    for node in context.flow.nodes:
        nodes.setdefault(node.name, node)  # check_names says so of the second one
    waits_for = {
        name: [
            context.flow.producers[dataset].step
            for dataset in node.inputs
            if dataset in context.flow.producers and context.flow.producers[dataset].step
        ]
        for name, node in nodes.items()
    }
    for circle in find_cycles(waits_for):
        first = nodes[circle[0]]
        if len(circle) == 1:
            said = f"`{first.name}` reads what it writes itself"
        else:
            said = "these steps wait for each other: " + " → ".join(
                f"`{name}`" for name in (*circle, circle[0])
            )
        yield Problem(
            "MLS202", (*first.path, "inputs"), said, on_key=True,
            help="no step can read what comes of its own output: change one of the `inputs`",
            related=tuple(
                (f"`{name}` waits for the next", (*nodes[name].path, "inputs"))
                for name in circle[1:]
            ),
        )  # fmt: skip


def find_cycles(waits_for: Mapping[str, list[str]]) -> list[list[str]]:
    """Circles of names, each from its first name in the order given to the last one before it
    again; disjoint, in order. Looks at every name once, however many ways lead there."""
    order = {name: position for position, name in enumerate(waits_for)}
    done: set[str] = set()
    taken: set[str] = set()
    circles = []
    for start in waits_for:
        trail: dict[str, Iterator[str]] = {}
        following = None if start in done else start
        while following is not None or trail:
            if following is not None:
                trail[following] = iter(waits_for.get(following, ()))
            last = next(reversed(trail))
            following = None
            for name in trail[last]:
                if name in trail:
                    names = list(trail)
                    circle = names[names.index(name) :]
                    if not taken.intersection(circle):
                        taken.update(circle)
                        first = circle.index(min(circle, key=order.__getitem__))
                        circles.append(circle[first:] + circle[:first])
                elif name not in done:
                    following = name
                    break
            else:
                del trail[last]
                done.add(last)
    return sorted(circles, key=lambda circle: order[circle[0]])
