from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import certifi
import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    IncompleteReadError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline.transport import AioHttpTransport, HttpRequest

from funcyard.azure.errors import (
    AzureAuthenticationError,
    AzureFailedError,
    AzureNotFoundError,
    AzureRefusedError,
    AzureUnreachableError,
    azure_errors,
)


def _answered(status: int, kind: type[HttpResponseError] = HttpResponseError) -> HttpResponseError:
    response = SimpleNamespace(status_code=status, reason="because", headers={}, body=lambda: b"")
    return kind(message=f"No {status}.\nRequestId:1\nTime:2", response=cast("Any", response))


@pytest.mark.parametrize(
    ("fault", "kind", "exit_code"),
    [
        (_answered(401, ClientAuthenticationError), AzureAuthenticationError, 3),
        (ClientAuthenticationError("no sign-in"), AzureAuthenticationError, 3),
        (_answered(404, ResourceNotFoundError), AzureNotFoundError, 3),
        (_answered(409, ResourceExistsError), AzureRefusedError, 3),
        (_answered(403), AzureRefusedError, 3),
        (_answered(206), AzureUnreachableError, 4),
        (_answered(408), AzureUnreachableError, 4),
        (_answered(429), AzureUnreachableError, 4),
        (_answered(500), AzureUnreachableError, 4),
        (_answered(503), AzureUnreachableError, 4),
        (_answered(501), AzureRefusedError, 3),
        (IncompleteReadError("torn"), AzureUnreachableError, 4),
        (ServiceRequestError("no route"), AzureUnreachableError, 4),
        (ServiceResponseError("torn"), AzureUnreachableError, 4),
        (TimeoutError(), AzureUnreachableError, 4),
        (AzureError("odd"), AzureFailedError, 1),
    ],
)
def test_each_fault_is_told_by_what_a_person_can_do(
    fault: AzureError | TimeoutError, kind: type[AzureFailedError], exit_code: int
) -> None:
    with pytest.raises(AzureFailedError) as raised, azure_errors("reading the share"):
        raise fault

    assert type(raised.value) is kind
    assert raised.value.exit_code == exit_code
    assert raised.value.message.startswith("reading the share: ")


def test_a_message_is_one_line_with_the_service_s_code_and_status() -> None:
    fault = _answered(403)
    vars(fault)["error_code"] = "ShareSizeLimitReached"

    with pytest.raises(AzureRefusedError) as raised, azure_errors("writing"):
        raise fault

    assert raised.value.message == "writing: No 403. (ShareSizeLimitReached, 403)"
    assert raised.value.status == 403
    assert raised.value.service_code == "ShareSizeLimitReached"


async def test_where_nothing_listens_is_told_without_what_it_was_to_be_trusted_by() -> None:
    with pytest.raises(AzureUnreachableError) as raised, azure_errors("reading"):
        async with AioHttpTransport() as transport:
            await transport.send(
                HttpRequest("GET", "https://127.0.0.1:1/"),
                connection_verify=certifi.where(),
            )

    assert raised.value.message.startswith("reading: Cannot connect to host 127.0.0.1:1 [")


def test_no_signature_is_told() -> None:
    with pytest.raises(AzureUnreachableError) as raised, azure_errors("writing"):
        raise ServiceRequestError("cannot open https://work.file.x/share?sv=1&sig=geheim now")

    assert raised.value.message == "writing: cannot open https://work.file.x/share?… now"


def test_what_is_not_the_clients_passes() -> None:
    with pytest.raises(KeyError), azure_errors("writing"):
        raise KeyError
