"""Numbers and spans of queries that are larger than anything: refused with their place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from funcyard.emulator.loganalytics.kql.errors import QueryError
from funcyard.emulator.loganalytics.kql.parser import parse

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _table(name: str) -> tuple[str, Mapping[str, str]]:
    return name, {"TimeGenerated": "datetime"}


@pytest.mark.parametrize(
    "rest",
    [
        f"take {'9' * 20}",
        f"take {'9' * 5000}",
        f"top {'9' * 20} by TimeGenerated",
        f"where TimeGenerated > ago({'9' * 14}d)",
        "where TimeGenerated > ago(999999d)",
    ],
)
def test_what_is_larger_than_anything_is_refused(rest: str) -> None:
    with pytest.raises(QueryError):
        parse(f"T | {rest}", _NOW, _table)


def test_what_is_large_is_taken() -> None:
    rows = [{"TimeGenerated": _NOW}]
    query = parse(f"T | where TimeGenerated > ago(700000d) | take {'9' * 18}", _NOW, _table)
    assert len(query.run(rows)) == 1
