from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.preflight.formats.strategies import findings

from funcyard.preflight.baseline import Baseline
from funcyard.preflight.finding import Finding, Severity

ONE = Finding("some-rule", Severity.ERROR, "a.py", 3, "wrong at line 3", "x = 1")
RULES = frozenset({ONE.rule})
"""The rules that ran."""


def test_each_entry_stands_for_as_many_findings_as_were_recorded() -> None:
    baseline = Baseline.of([ONE, replace(ONE, line=9)])

    assert baseline.new([ONE], RULES) == ([], 1)
    assert baseline.new([replace(ONE, line=1), ONE], RULES) == ([], 0)
    assert baseline.new([ONE, ONE, replace(ONE, line=7)], RULES) == ([replace(ONE, line=7)], 0)


def test_a_finding_is_known_by_its_words_and_by_its_message_where_it_quotes_nothing() -> None:
    bare = replace(ONE, evidence="")
    baseline = Baseline.of([ONE, bare])

    assert baseline.new([replace(ONE, message="other"), bare], RULES) == ([], 0)
    assert baseline.new([replace(ONE, evidence="y"), replace(bare, message="other")], RULES)[1] == 2
    assert baseline.new([replace(ONE, rule="other"), replace(ONE, file="b.py")], RULES)[1] == 2


def test_what_a_rule_found_that_did_not_run_is_not_gone() -> None:
    other = replace(ONE, rule="other")

    assert Baseline.of([ONE, other]).new([], {"other"}) == ([], 1)


def test_a_severity_that_changed_is_no_new_finding() -> None:
    assert Baseline.of([ONE]).new([replace(ONE, severity=Severity.NOTE)], RULES) == ([], 0)


@given(st.lists(findings(), max_size=6))
def test_what_is_written_is_what_is_read(recorded: list[Finding]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "known.json")
        Baseline.of(recorded).write(file)
        text = file.read_bytes()

        assert Baseline.read(file).new(recorded, {one.rule for one in recorded}) == ([], 0)
        Baseline.of(reversed(recorded)).write(file)
        assert file.read_bytes() == text


def test_a_baseline_is_replaced_whole_and_keeps_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "made" / "known.json"
    Baseline.of([ONE]).write(file)
    Baseline.of([]).write(file)

    assert json.loads(file.read_text(encoding="utf-8")) == {"version": 1, "findings": []}
    assert [path.name for path in file.parent.iterdir()] == ["known.json"]
