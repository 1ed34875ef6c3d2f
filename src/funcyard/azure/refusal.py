"""What an answer that refuses says: every provider's shape as the one error of Azure's clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ODataV4Format,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.mgmt.core.exceptions import ARMErrorFormat

if TYPE_CHECKING:
    from azure.core.rest import AsyncHttpResponse

_ERRORS: Final[dict[int, type[HttpResponseError]]] = {
    401: ClientAuthenticationError,
    403: ClientAuthenticationError,
    404: ResourceNotFoundError,
    409: ResourceExistsError,
}


def refusal(response: AsyncHttpResponse) -> HttpResponseError:
    """Return what a refusal says: in ``error``, or as of Web, Kudu and IoT Hub without that."""
    kind = _ERRORS.get(response.status_code, HttpResponseError)
    try:
        told = response.json()
    except ValueError:
        told = None
    members: dict[str, Any] = {}
    if isinstance(told, dict):
        members = {name.lower(): value for name, value in told.items()}
    if "error" in members or not isinstance(members.get("message"), str):
        return kind(response=response, error_format=ARMErrorFormat)
    code, message = str(members.get("code", "")), members["message"]
    fault = kind(message=f"({code}) {message}" if code else message, response=response)
    fault.error = ODataV4Format({"code": code, "message": message})
    return fault
