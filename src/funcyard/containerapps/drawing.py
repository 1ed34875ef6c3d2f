"""Draws the revisions of an app over time as SVG, to be looked at in a browser.

A bar goes from when a revision was made to now, or to when it was last active; beside it stands how
it runs and its share of the requests now: Azure keeps no record of former shares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from funcyard.containerapps.verdict import word
from funcyard.svg import document, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from funcyard.containerapps.models import Revision

_MARGIN: Final = 20
_LABEL: Final = 340
_SPAN: Final = 560
_SHARE: Final = 120
_LINE: Final = 26
_BAR: Final = 16
_TICKS: Final = 4
_STYLE: Final = (
    "text{font:12px sans-serif;fill:#222}.small{font-size:10px;fill:#666}rect{stroke:#888}"
    ".up{fill:#cfe8cf}.busy{fill:#fdf0c4}.down{fill:#f5c6c6}.off{fill:#eee}"
    ".share{fill:#b9d3f0;stroke:none}"
)
_UP: Final = frozenset({"running", "runningatmaxscale", "running(atmax)", "scaledtozero"})
_DOWN: Final = frozenset({"failed", "activationfailed", "degraded", "stopped"})


def revisions_svg(revisions: Sequence[Revision], now: datetime) -> str:
    """Return a picture of revisions.

    Args:
        revisions: In the order of their making.
        now: Where the time ends.
    """
    made = [one.created for one in revisions if one.created is not None]
    begin = min([*made, now])
    whole = max((now - begin).total_seconds(), 1.0)
    parts = list(_times(begin, now))
    for row, one in enumerate(reversed(revisions), 1):
        top = _MARGIN + row * _LINE
        parts.extend(_row(one, top, begin, now, _SPAN / whole))
    width = _LABEL + _SPAN + 2 * _SHARE + 2 * _MARGIN
    height = 2 * _MARGIN + _LINE * (len(revisions) + 1)
    return document(width, height, _STYLE, parts)


def _times(begin: datetime, now: datetime) -> Iterator[str]:
    for tick in range(_TICKS + 1):
        moment = begin + (now - begin) * (tick / _TICKS)
        x = _LABEL + _SPAN * tick / _TICKS
        yield text(x, _MARGIN, f"{moment:%Y-%m-%d %H:%M}", "small", "middle")


def _row(
    revision: Revision, top: int, begin: datetime, now: datetime, scale: float
) -> Iterator[str]:
    middle = top + _BAR - 4
    yield text(_MARGIN, middle, revision.name)
    if revision.created is not None:
        ended = now if revision.active else revision.last_active or revision.created
        x = _LABEL + (revision.created - begin).total_seconds() * scale
        length = max((ended - revision.created).total_seconds() * scale, 2.0)
        told = f"{revision.name}: {_state(revision)}"
        yield (
            f'<rect class="{_kind(revision)}" x="{x:.1f}" y="{top}" width="{length:.1f}"'
            f' height="{_BAR}" rx="2" aria-label={quoteattr(told)}>'
            f"<title>{escape(told)}</title></rect>"
        )
    right = _LABEL + _SPAN + _MARGIN
    if revision.traffic_weight:
        share = _SHARE * min(revision.traffic_weight, 100) / 100
        yield (f'<rect class="share" x="{right}" y="{top}" width="{share:.1f}" height="{_BAR}"/>')
        yield text(right + 4, middle, f"{revision.traffic_weight} %")
    yield text(right + _SHARE + 8, middle, _state(revision), "small")


def _state(revision: Revision) -> str:
    return revision.states.running_state if revision.active else "not active"


def _kind(revision: Revision) -> str:
    state = word(revision.states.running_state)
    if not revision.active:
        return "off"
    if state in _UP:
        return "up"
    return "down" if state in _DOWN else "busy"
