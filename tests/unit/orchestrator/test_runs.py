"""Ids of runs."""

from __future__ import annotations

import pytest

from funcyard.orchestrator.runs import RunIdError, checked_run_id, new_run_id


def test_every_run_has_an_id_of_its_own_that_is_taken_for_one() -> None:
    first, second = new_run_id(), new_run_id()

    assert first != second
    assert checked_run_id(first.upper()) == first


@pytest.mark.parametrize(
    "text", ["", None, "latest", "../x", "{0f8fad5b-d9cb-469f-a165-70867728950e}"]
)
def test_what_is_no_id_names_no_run(text: object) -> None:
    with pytest.raises(RunIdError):
        checked_run_id(text)
