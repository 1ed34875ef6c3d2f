"""When an event that was not taken is tried again, as Microsoft documents it."""

from __future__ import annotations

import pytest

from funcyard.emulator.eventgrid.schedule import UNREACHED, Outcome, final_reason, pause

_HOUR = 3600


def test_pauses_grow_to_half_a_day() -> None:
    nothing = Outcome(None, UNREACHED)
    assert [pause(attempts, nothing) for attempts in range(1, 13)] == [
        *(10, 30, 60, 300, 600, 1800, _HOUR, 3 * _HOUR, 6 * _HOUR),
        *(12 * _HOUR, 12 * _HOUR, 12 * _HOUR),
    ]


@pytest.mark.parametrize(
    ("status", "least"), [(401, 300), (404, 300), (408, 120), (503, 30), (500, 10), (429, 10)]
)
def test_some_answers_mean_a_longer_pause(status: int, least: int) -> None:
    assert pause(1, Outcome.of(status)) == least
    assert pause(7, Outcome.of(status)) == _HOUR


def test_only_five_statuses_take_an_event() -> None:
    taken = {status for status in range(100, 600) if Outcome.of(status).is_taken}
    assert taken == {200, 201, 202, 203, 204}


def test_what_is_final_depends_on_who_answers() -> None:
    def final(*, by_webhook: bool) -> set[int]:
        return {
            status
            for status in range(100, 600)
            if Outcome.of(status).is_final(by_webhook=by_webhook)
        }

    assert final(by_webhook=True) == {400, 401, 403, 413}
    assert final(by_webhook=False) == {400, 403, 413}
    assert final_reason(Outcome.of(403)) == "UndeliverableDueToHttpForbidden"
