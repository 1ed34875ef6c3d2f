"""The rules on what host.json sets: unknown, misplaced, with a value that cannot be meant."""

from __future__ import annotations

from pathlib import Path

from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import host_json_misplaced, host_json_unknown, host_json_value

TEXT = """\
{
  "version": "2.0",
  "http": {"routePrefix": "v1"},
  "functionTimeOut": "00:05:00",
  "functionsTimeout": "00:05:00",
  "whatever": true,
  "extensions": {
    "queues": {"batchSize": 64, "maxPollingInterval": 2000}
  }
}
"""
GOOD = '{"version": "2.0", "extensions": {"queues": {"batchSize": 32}}}'


def test_a_setting_of_version_1_is_told_with_its_place(tmp_path: Path) -> None:
    (finding,) = found(host_json_misplaced.RULE, facts(tmp_path, {"host.json": TEXT}))

    assert (finding.file, finding.line, finding.severity) == ("host.json", 3, Severity.WARNING)
    assert finding.message == ("the host of api does not see http: it belongs to extensions.http")
    assert finding.evidence == '"http": {"routePrefix": "v1"},'
    assert finding.next == "move it to extensions.http"


def test_a_slip_of_the_pen_is_a_warning_and_what_is_like_nothing_a_note(tmp_path: Path) -> None:
    first, second = found(host_json_unknown.RULE, facts(tmp_path, {"host.json": TEXT}))

    assert (first.line, first.severity) == (5, Severity.WARNING)
    assert first.next == "did you mean functionTimeout?"
    assert (second.line, second.severity) == (6, Severity.NOTE)


def test_values_outside_of_their_range_are_told(tmp_path: Path) -> None:
    first, second = found(host_json_value.RULE, facts(tmp_path, {"host.json": TEXT}))

    assert (first.line, second.line) == (8, 8)
    assert first.message == (
        "extensions.queues.batchSize in host.json of api must be from 1 to 32, not 64"
    )
    assert second.message == (
        "extensions.queues.maxPollingInterval in host.json of api must be a duration such as"
        ' "00:00:05", not 2000'
    )


def test_a_good_file_and_none_at_all_give_nothing(tmp_path: Path) -> None:
    rules = (host_json_misplaced.RULE, host_json_unknown.RULE, host_json_value.RULE)
    for files in ({"host.json": GOOD}, {"host.json": "["}, {}):
        (tmp_path / "host.json").unlink(missing_ok=True)
        given = facts(tmp_path, files)
        assert [found(rule, given) for rule in rules] == [[], [], []]
