"""Draws a plan's graph and a run's timeline as SVG, to be looked at in a browser.

In the graph a resource stands to the right of everything that it waits for; in the timeline a bar
goes from when a resource was begun to when it was ready.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from funcyard.deploy.schedule import Ending
from funcyard.svg import document, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.apply import Report
    from funcyard.deploy.plan import Plan
    from funcyard.deploy.resource import CloudT

_WIDTH: Final = 200
_HEIGHT: Final = 40
_COLUMN: Final = 270
_ROW: Final = 60
_MARGIN: Final = 20
_LABEL: Final = 220
_SPAN: Final = 700
_LINE: Final = 24
_TICKS: Final = 5
_STYLE: Final = (
    "text{font:12px sans-serif;fill:#222}.small{font-size:10px;fill:#666}"
    "rect{stroke:#888;fill:#eee}path{stroke:#999;fill:none}"
    ".create,.done{fill:#cfe8cf}.update,.adopt{fill:#fdf0c4}.replace,.blocked{fill:#fbd9b5}"
    ".delete,.failed{fill:#f5c6c6}"
)


def graph_svg(plan: Plan[CloudT]) -> str:
    """Return the graph of a plan: every resource with its type and what is done about it."""
    waits_for = {identity: step.waits_for for identity, step in plan.steps.items()}
    places = _places(waits_for)
    parts = [
        _edge(places[other], places[identity])
        for identity, others in waits_for.items()
        for other in sorted(others)
    ]
    for identity, step in plan.steps.items():
        x, y = places[identity]
        action = step.decision.action.value
        parts += [
            (
                f'<rect class="{action}" x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}"'
                f' rx="4"><title>{escape(identity)}</title></rect>'
            ),
            text(x + 8, y + 17, step.resource.address),
            text(x + 8, y + 32, f"{step.resource.kind} · {action}", "small"),
        ]
    width = max((x for x, _ in places.values()), default=0) + _WIDTH + _MARGIN
    height = max((y for _, y in places.values()), default=0) + _HEIGHT + _MARGIN
    return document(width, height, _STYLE, parts)


def timeline_svg(report: Report) -> str:
    """Return the timeline of a run: every resource in the order in which they were begun."""
    results = sorted(report.results.items(), key=lambda item: (item[1].began, item[0]))
    start = min((result.began for _, result in results), default=0.0)
    end = max((result.ended for _, result in results), default=0.0)
    scale = _SPAN / (end - start) if end > start else 0.0
    height = 2 * _MARGIN + _LINE * (len(results) + 1)
    parts = [
        text(_LABEL + _SPAN * tick / _TICKS, _MARGIN, f"{(end - start) * tick / _TICKS:.1f} s")
        for tick in range(_TICKS + 1)
    ]
    for number, (identity, result) in enumerate(results, 1):
        y = _MARGIN + _LINE * number
        x = _LABEL + (result.began - start) * scale
        width = max(2.0, (result.ended - result.began) * scale)
        told = result.what if result.ending is Ending.DONE else result.ending.value
        took = f"{told} in {result.ended - result.began:.1f} s"
        parts += [
            text(_MARGIN, y + 13, report.addresses[identity]),
            (
                f'<rect class="{result.ending.value}" x="{x:.1f}" y="{y}" width="{width:.1f}"'
                f' height="{_LINE - 6}" aria-label={quoteattr(report.addresses[identity])}>'
                f"<title>{escape(took)}</title></rect>"
            ),
        ]
    return document(_LABEL + _SPAN + 3 * _MARGIN, height, _STYLE, parts)


def _places(waits_for: Mapping[str, frozenset[str]]) -> dict[str, tuple[int, int]]:
    """Return where each resource stands: its column is the longest way to it."""
    depths: dict[str, int] = {}
    left = dict(waits_for)
    while left:
        free = [identity for identity, others in left.items() if not others & left.keys()]
        for identity in free:
            depths[identity] = max((depths[o] + 1 for o in waits_for[identity]), default=0)
            del left[identity]
    rows: dict[int, int] = {}
    places = {}
    for identity, depth in depths.items():
        row = rows.get(depth, 0)
        rows[depth] = row + 1
        places[identity] = (_MARGIN + depth * _COLUMN, _MARGIN + row * _ROW)
    return places


def _edge(start: tuple[int, int], end: tuple[int, int]) -> str:
    x, y = start[0] + _WIDTH, start[1] + _HEIGHT // 2
    to_x, to_y = end[0], end[1] + _HEIGHT // 2
    middle = (x + to_x) // 2
    return f'<path d="M{x} {y} C{middle} {y} {middle} {to_y} {to_x} {to_y}"/>'
