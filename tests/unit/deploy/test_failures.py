"""What a failed call means, and what a person is told of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.identity import CredentialUnavailableError
from tests.unit.deploy.boxes import failed

from funcyard.azure.errors import (
    AzureAuthenticationError,
    AzureRefusedError,
    AzureUnreachableError,
    azure_error,
)
from funcyard.deploy.failures import (
    MENDS,
    PASSING,
    is_absence,
    is_conflict,
    is_harmless,
    is_passing,
    is_transition,
    retry_after,
    told,
)
from funcyard.deploy.ownership import ForeignResourceError


@pytest.mark.parametrize(
    ("fault", "passing", "harmless"),
    [
        (failed(400), False, True),
        (failed(403), False, True),
        (failed(404), False, True),
        (failed(408), True, False),
        (failed(409), False, True),
        (failed(409, code="AnotherOperationInProgress"), True, True),
        (failed(400, code="PrincipalNotFound"), True, True),
        (failed(429), True, True),
        (failed(500), True, False),
        (failed(501), False, False),
        (failed(503), True, False),
        (ServiceRequestError("no connection"), True, False),
        (ServiceResponseError("no answer"), True, False),
        (TimeoutError(), True, False),
        (azure_error(failed(503), "reading"), True, False),
        (azure_error(failed(400), "reading"), False, True),
        (ForeignResourceError("no"), False, False),
        (AzureRefusedError("it ended as failed", service_code="Conflict"), False, False),
        (AzureRefusedError("meanwhile", service_code="AnotherOperationInProgress"), True, False),
    ],
)
def test_what_to_do_after_a_fault(fault: Exception, *, passing: bool, harmless: bool) -> None:
    assert is_passing(fault) == passing
    assert is_harmless(fault) == harmless


def test_a_conflict_that_ends_by_itself_is_none() -> None:
    assert is_conflict(failed(409))
    assert is_conflict(failed(412))
    assert not is_conflict(failed(409, code="ContainerBeingDeleted"))
    assert not is_conflict(failed(409, code="StorageAccountAlreadyTaken"))
    assert is_transition(failed(409, code="ContainerBeingDeleted"))
    assert is_absence(failed(404))
    assert not is_absence(failed(410))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("17", 17.0), ("0", 0.0), ("-5", 0.0), ("soon", None), ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0)],
)
def test_when_to_come_back_is_read_as_the_standard_has_it(text: str, seconds: float | None) -> None:
    assert retry_after(failed(429, {"Retry-After": text})) == seconds


def test_that_nobody_is_signed_in_is_told_at_once() -> None:
    assert not is_passing(CredentialUnavailableError("Azure CLI not found on path"))


def test_a_date_to_come_back_at_is_so_many_seconds_away() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)

    seconds = retry_after(failed(503, {"Retry-After": date}))

    assert seconds is not None
    assert 3000 < seconds <= 3600
    assert retry_after(failed(503)) is None
    assert retry_after(ServiceRequestError("no connection")) is None


def test_a_person_is_told_which_resource_doing_what_and_how_to_mend_it() -> None:
    fault = failed(409, {"x-ms-request-id": "r-1"}, code="MissingSubscriptionRegistration")

    error = told(fault, "l1.iothub", "creating")

    assert error.message == (
        "l1.iothub: creating: status 409 (MissingSubscriptionRegistration, 409), request r-1"
    )
    assert error.hint == "az provider register --namespace NAMESPACE, then resume"
    assert error.exit_code == 3


def test_a_fault_is_told_by_the_narrowest_kind() -> None:
    assert isinstance(told(ClientAuthenticationError("no"), "a", "b"), AzureAuthenticationError)
    assert isinstance(told(TimeoutError(), "a", "b"), AzureUnreachableError)
    assert told(AzureError("odd"), "a", "b").message == "a: b: odd"


def test_an_error_that_is_for_a_person_already_stays() -> None:
    error = ForeignResourceError("no")
    mapped = azure_error(failed(400), "reading the hub")

    assert told(error, "a", "creating") is error
    assert told(mapped, "a", "creating").message.startswith("a: creating: reading the hub")


def test_no_code_both_passes_and_needs_a_person() -> None:
    assert not PASSING & MENDS.keys()


def test_no_secret_of_an_address_is_told_or_recorded() -> None:
    said = "Webhook validation handshake failed for https://app/api/take?code=hunter2. Http POST"
    fault = told(AzureRefusedError(said, service_code="Url validation"), "a", "creating")

    assert "hunter2" not in fault.message
    assert "https://app/api/take?…" in fault.message
