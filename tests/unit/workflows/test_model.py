"""Rows give back what they were made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from funcyard.azure.row_ids import new_id
from funcyard.workflows.executions.model import Execution, Failure, Status
from funcyard.workflows.executions.rows import ACTIVE, from_row, range_of, to_index_rows, to_row

EXECUTION = Execution(
    organization="north",
    id=new_id(),
    workflow="report",
    scope="GLOBAL",
    mode="async",
    caller="ada@example.org",
    created_at=datetime(2030, 1, 1, tzinfo=UTC),
)


def test_a_row_gives_back_the_execution() -> None:
    full = replace(
        EXECUTION,
        status=Status.FAILED,
        failure=Failure("ValueError", "no"),
        notes=("a", "b"),
        started_at=datetime(2030, 1, 2, tzinfo=UTC),
        duration_ms=5,
    )

    for execution in (EXECUTION, full):
        assert from_row(to_row(execution, ACTIVE)) == execution


def test_the_rows_of_an_ended_execution_have_keys_that_storage_takes() -> None:
    odd = replace(EXECUTION, caller="a/b\\c#d?e\n" * 100, status=Status.SUCCESS)

    for row in to_index_rows(odd):
        assert not set(row["RowKey"]) & set("/\\#?\n")
        assert len(row["RowKey"]) < 512


def test_a_range_holds_its_ids_and_no_others() -> None:
    low, high = range_of("w:report")

    inside = ["w:report:0", "w:report:f"]
    assert [key for key in [*inside, "w:reports:0", "w:repor:0"] if low < key < high] == inside
    assert range_of("w:report", after="5")[0] == "w:report:5"


def test_only_the_last_five_states_are_final() -> None:
    assert [one.value for one in Status if not one.final] == ["Pending", "Running", "Cancelling"]
