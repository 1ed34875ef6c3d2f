"""Misbehaviour that is the same for the same requests."""

from __future__ import annotations

import uuid

import pytest

from funcyard.emulator.core.clock import Clock
from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.faults import Faults, FaultsError, Rates, read_rates
from funcyard.emulator.http import Request


async def _met(faults: Faults, path: str) -> list[str]:
    """Return what a client meets that asks for an address ten times."""
    met = []
    for _ in range(10):
        request = Request("PUT", path, {}, {})
        try:
            await faults.before(request, Clock())
            faults.after(request)
        except ArmError as fault:
            met.append(fault.code)
        else:
            met.append("")
    return met


async def test_the_same_seed_lets_the_same_requests_fail_in_any_order() -> None:
    rates = read_rates("throttle=0.2,error=0.2,lost=0.2")
    first, second = Faults(rates, 7), Faults(rates, 7)
    forwards = {path: await _met(first, path) for path in ("/a", "/b")}
    backwards = {path: await _met(second, path) for path in ("/b", "/a")}
    assert forwards == backwards
    assert forwards["/a"] != forwards["/b"]
    assert forwards["/a"] != await _met(Faults(rates, 8), "/a")
    kinds = {code for codes in forwards.values() for code in codes}
    assert {"SubscriptionRequestsThrottled", "ServerUnavailable", "GatewayTimeout"} <= kinds


async def test_ids_that_are_new_in_each_run_change_nothing() -> None:
    rates = Rates(error=0.5)
    first = await _met(Faults(rates, 1), f"/operationresults/{uuid.uuid4()}")
    assert first == await _met(Faults(rates, 1), f"/operationresults/{uuid.uuid4()}")


def test_nothing_goes_wrong_unasked() -> None:
    assert read_rates("") == Rates()


@pytest.mark.parametrize("text", ["slow=1", "error", "error=2", "error=-1", "throttle=x"])
def test_what_is_no_fault_is_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(FaultsError) as refused:
        read_rates(text)
    assert "throttle" in str(refused.value.hint)
