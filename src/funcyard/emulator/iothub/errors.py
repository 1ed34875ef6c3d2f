"""What Microsoft.Devices and its hubs refuse, each in its own shape.

The Resource Manager's side has a number for a code, and no ``error`` around it; a hub has the code
in its message and in a header. Both shapes are recorded, as are the three refused hubs and the etag
that did not match; the other codes are those of
https://learn.microsoft.com/azure/iot-hub/troubleshoot-error-codes
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

from funcyard.emulator.core.errors import ArmError


class DevicesError(ArmError):
    """An answer of the provider that refuses.

    Args:
        status: Of HTTP.
        number: The provider's code.
        message: For a person.
    """

    def __init__(self, status: int, number: int, message: str) -> None:
        super().__init__(status, str(number), message)
        self._number = number

    def body(self) -> dict[str, object]:
        """Return the error as the provider sends it."""
        stamp = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z"
        support = (
            "If you contact a support representative please include this correlation identifier:"
            f" {uuid.uuid4()}, timestamp: {stamp}, errorcode: IH{self._number}."
        )
        told = {"code": self._number, "httpStatusCode": self.status}
        return {**told, "message": f"{self.message} {support}"}


class HubError(Exception):
    """An answer of a hub that refuses.

    Args:
        status: Of HTTP.
        code: The hub's.
        message: For a person; the code where there is nothing more to say.
    """

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.status = status
        self.code = code
        self.message = message or code

    @property
    def headers(self) -> dict[str, str]:
        """What is sent beside it."""
        return {"iothub-errorcode": self.code}

    def body(self) -> dict[str, object]:
        """Return the error as a hub sends it."""
        return {
            "Message": f"ErrorCode:{self.code};{self.message}",
            "ExceptionMessage": f"Tracking ID:{_tracking()}",
        }


class MethodError(HubError):
    """A direct method that no device answered.

    Args:
        status: Of HTTP.
        code: The hub's.
        number: The hub's number of it.
        message: For a person.
    """

    def __init__(self, status: int, code: str, number: int, message: str) -> None:
        super().__init__(status, code, message)
        self._number = number

    def body(self) -> dict[str, object]:
        """Return the error as a hub sends it: once more JSON, in the message."""
        told = {
            "errorCode": self._number,
            "trackingId": _tracking(),
            "message": self.message,
            "timestampUtc": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}Z",
        }
        return {"Message": json.dumps(told), "ExceptionMessage": ""}


def bad_argument(message: str) -> HubError:
    """Say that a request is none that a hub takes."""
    return HubError(400, "ArgumentInvalid", message)


def unauthorized(reason: str = "Unauthorized") -> HubError:
    """Say that a request proves nobody who may send it."""
    return HubError(401, "IotHubUnauthorizedAccess", reason)


def no_device(device: str) -> HubError:
    """Say that there is no such device."""
    return HubError(404, "DeviceNotFound", f"Device {device} not registered")


def device_exists(device: str) -> HubError:
    """Say that there is such a device."""
    return HubError(
        409, "DeviceAlreadyExists", f"A device with ID '{device}' is already registered."
    )


def changed() -> HubError:
    """Say that something is not as the sender saw it."""
    return HubError(412, "PreconditionFailed")


def not_served(what: str, instead: str = "") -> HubError:
    """Say that the local hub has nothing of the kind."""
    hint = f" {instead}" if instead else ""
    return HubError(501, "NotImplemented", f"The local IoT Hub does not serve {what}.{hint}")


def _tracking() -> str:
    return f"{uuid.uuid4().hex}-G:0-TimeStamp:{datetime.now(UTC):%m/%d/%Y %H:%M:%S}"
