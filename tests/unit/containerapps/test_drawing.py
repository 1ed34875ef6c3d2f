"""A picture of revisions over time is well-formed, and shows each with its state and share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from tests.unit.containerapps.observed import NEW, OLD, revision

from funcyard.containerapps.drawing import revisions_svg

_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_BARS = "{http://www.w3.org/2000/svg}rect"


def _bars(text: str) -> list[dict[str, str]]:
    root = ET.fromstring(text)  # noqa: S314 - our own
    return [bar.attrib for bar in root.iter(_BARS)]


def test_a_bar_goes_from_a_revision_s_making_to_its_end() -> None:
    old = replace(
        revision(OLD, active=False),
        created=_NOW - timedelta(hours=4),
        last_active=_NOW - timedelta(hours=2),
    )
    new = replace(revision(NEW, weight=100), created=_NOW - timedelta(hours=2))

    newer, share, older = _bars(revisions_svg([old, new], _NOW))
    assert (newer["class"], share["class"], older["class"]) == ("up", "share", "off")
    assert float(older["x"]) + float(older["width"]) == float(newer["x"])
    assert float(newer["width"]) == float(older["width"])


def test_what_a_revision_is_called_and_how_it_runs_is_shown_as_it_is() -> None:
    strange = replace(revision("a<b", state="Activation failed"), created=_NOW)
    failed = replace(revision(NEW, state="Processing"), created=None)

    text = revisions_svg([strange, failed], _NOW)
    assert "a&lt;b: Activation failed" in text
    assert [bar["class"] for bar in _bars(text)] == ["down"]


def test_no_revisions_are_a_picture_without_bars() -> None:
    assert _bars(revisions_svg([], _NOW)) == []
