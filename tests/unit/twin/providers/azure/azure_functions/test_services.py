from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from funcyard.twin.contract import settings as s
from funcyard.twin.contract.clock import Clock
from funcyard.twin.contract.info import TwinInfo
from funcyard.twin.providers.azure.azure_functions.shared.faults import SettingsError
from funcyard.twin.providers.azure.azure_functions.shared.services import Services


def test_the_clock_of_the_twin_counts_where_one_is_set() -> None:
    future = datetime(2040, 1, 1, tzinfo=UTC)
    clock = Clock(datetime.now(UTC), future, 1.0)

    assert Services({s.CLOCK: clock.write()}).now() - future < timedelta(minutes=5)
    assert Services({}).now() - datetime.now(UTC) < timedelta(minutes=5)


async def test_settings_are_asked_for_when_they_are_needed_and_named_in_the_log_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    services = Services({s.COSMOS_ENDPOINT: "https://x", s.COSMOS_DATABASE: "d"})

    with caplog.at_level(logging.ERROR), pytest.raises(SettingsError) as caught:
        await services.hot()

    assert s.COSMOS_KEY not in caught.value.message
    assert f"settings missing: {s.COSMOS_KEY}, {s.COSMOS_CONTAINER}" in caplog.text


@pytest.mark.parametrize("text", ["", "{}", '{"shape": 3}', "no JSON"])
def test_another_app_s_settings_are_not_the_caller_s_fault(text: str) -> None:
    with pytest.raises(SettingsError):
        _ = Services({s.INFO: text}).info


@pytest.mark.parametrize("text", ["soon", '{"at": "", "to": "", "scale": 1}'])
def test_a_clock_that_is_none_is_not_the_caller_s_fault(text: str) -> None:
    with pytest.raises(SettingsError):
        Services({s.CLOCK: text}).now()


def test_what_is_known_of_the_twin_is_what_was_written() -> None:
    info = TwinInfo("n", debug=True, hot_days=1, cold_days=2, clouds={"a": "b"})

    assert Services({s.INFO: info.write()}).info == info
