from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from funcyard.twin.contract.clock import Clock, now, read_clock
from funcyard.twin.contract.errors import ContractError, MissingSettingError
from funcyard.twin.contract.info import read_info
from funcyard.twin.contract.settings import CLOCK, COSMOS_ENDPOINT, COSMOS_KEY, INFO, require

_START = datetime(2026, 11, 21, 23, 5, tzinfo=UTC)


def test_every_setting_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(MissingSettingError) as caught:
        require({COSMOS_KEY: ""}, COSMOS_ENDPOINT, COSMOS_KEY)

    assert caught.value.message == "settings missing: COSMOS_DB_ENDPOINT, COSMOS_DB_KEY"
    assert require({COSMOS_KEY: "k"}, COSMOS_KEY) == ("k",)


def test_a_scaled_clock_lets_days_pass_in_seconds() -> None:
    clock = Clock(_START, datetime(2027, 1, 1, tzinfo=UTC), scale=86_400)
    environ = {CLOCK: clock.write()}

    assert read_clock(environ[CLOCK]) == clock
    told = now(environ, lambda: _START + timedelta(seconds=7))
    assert told == datetime(2027, 1, 8, tzinfo=UTC)


def test_without_a_clock_it_is_the_time_of_day() -> None:
    assert now({}, lambda: _START) == _START
    assert now({}).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["noon", "{}", "[]", '{"at": 7, "to": 7, "scale": 1}', '{"at": "x", "to": "x", "scale": 1}'],
)
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match="DIGITAL_TWIN_CLOCK holds no clock"):
        now({CLOCK: text})


@pytest.mark.parametrize("scale", [0, -1, float("inf"), float("nan")])
def test_a_clock_that_does_not_run_is_refused(scale: float) -> None:
    with pytest.raises(ContractError, match="does not run"):
        now({CLOCK: Clock(_START, _START, scale).write()})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "settings missing: DIGITAL_TWIN_INFO"),
        ("no json", "DIGITAL_TWIN_INFO is not what this app reads"),
        ("[]", "DIGITAL_TWIN_INFO is not what this app reads"),
        (
            json.dumps({"shape": 2, "events": []}),
            "DIGITAL_TWIN_INFO is not what this app reads",
        ),
        (
            json.dumps({
                "shape": 3, "events": [], "name": "x", "debug": False,
                "hot_days": 1, "cold_days": 2, "clouds": {},
            }),
            "DIGITAL_TWIN_INFO has another shape than this app reads",
        ),
    ],
)  # fmt: skip
def test_what_says_nothing_of_a_twin_is_refused(text: str, message: str) -> None:
    with pytest.raises(ContractError) as caught:
        read_info({INFO: text})

    assert caught.value.message == message
