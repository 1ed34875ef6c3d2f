"""Lines of streams, as they were recorded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.unit.containerapps.documents import answered

from funcyard.containerapps.logs.line import is_preamble, read_line
from funcyard.containerapps.logs.sources import Source

_PRINTED = Source("https://x", "app--1", "app--1-x", "app")
_SYSTEM = Source("https://x")


def test_what_a_container_printed_is_told_from_what_its_stream_says() -> None:
    connecting, connected, printed = answered("container_logstream").splitlines()
    assert is_preamble(connecting)
    assert is_preamble(connected)
    assert not is_preamble(printed)
    line = read_line(printed, _PRINTED)
    assert line is not None
    assert line.text == "05:10:32 Listening on :80..."
    assert line.time == datetime(2023, 7, 14, 5, 10, 32, 303229, tzinfo=UTC)
    assert line.ticks % 10_000_000 == 3_032_299
    assert (line.replica, line.revision) == ("app--1-x", "app--1")


def test_what_the_platform_tells_names_revision_and_replica() -> None:
    found = [read_line(one, _SYSTEM) for one in answered("environment_eventstream").splitlines()]
    lines = [one for one in found if one is not None]
    assert len(lines) == 3
    assert lines[0].reason == "ContainerCreated"
    assert lines[0].revision == "orch-dev--ymv5b4u"
    assert lines[0].replica == "orch-dev--ymv5b4u-58556f7855-slgfp"
    assert lines[2].replica == ""


@pytest.mark.parametrize("written", ["plain text", '{"level": "info"}', "{broken", '["a"]', ""])
def test_a_line_that_is_no_record_is_what_was_printed(written: str) -> None:
    line = read_line(written, _PRINTED)
    assert line is not None
    assert (line.text, line.time, line.ticks) == (written, None, 0)
