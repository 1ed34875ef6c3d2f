"""How a run ended, in words that a person understands."""

from __future__ import annotations

import json

import pytest

from funcyard.workflows.pool.outcome import Outcome, in_words


@pytest.mark.parametrize(
    ("code", "words"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "signal SIGKILL")]
)
def test_a_process_s_end_is_named_as_people_call_it(code: int, words: str) -> None:
    assert in_words(code) == words
    died = Outcome.of_death(code, 1.5)
    assert (died.died, died.seconds) == (True, 1.5)
    assert died.error is not None
    assert died.error["kind"] == "WorkerDied"
    assert words in died.error["message"]


def test_a_signal_without_a_name_keeps_its_number() -> None:
    assert in_words(-250) == "signal 250"


def test_what_code_told_after_its_time_was_up_is_no_result_but_keeps_its_notes() -> None:
    told = Outcome(value="1", notes=("a part failed",), began=7.0, seconds=9.0)
    late = told.after(2.0, 2.5)
    assert late.value is None
    assert (late.timed_out, late.notes, late.began, late.seconds) == (
        True,
        ("a part failed",),
        7.0,
        2.5,
    )
    assert late.error is not None
    assert late.error["message"] == "it ran longer than its 2 seconds"


def test_no_more_is_taken_than_a_row_has_room_for() -> None:
    notes = Outcome.of_result(
        {"ok": True, "value": "1", "errors": ["\N{SNOWMAN}" * 1000] * 20_000}
    ).notes
    error = Outcome.of_result(
        {"ok": False, "error": dict.fromkeys(("kind", "message", "traceback"), "x" * 1_000_000)}
    ).error

    assert (len(notes), notes[-1]) == (51, "19,950 more, which the log has")
    assert len(json.dumps(notes, ensure_ascii=False)) < 32 * 1024
    assert error is not None
    assert sum(map(len, error.values())) < 32 * 1024


@pytest.mark.parametrize("message", [{}, {"ok": True}, {"ok": False, "error": 1}])
def test_what_tells_no_outcome_is_refused(message: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Outcome.of_result(message)
