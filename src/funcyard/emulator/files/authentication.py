"""Whether a request comes from who may make it: Shared Key, Shared Key Lite or a SAS."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.files import sas, times
from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.signature import (
    equal,
    shared_key_lite_strings,
    shared_key_strings,
    sign,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.emulator.files.operation import Operation
    from funcyard.emulator.files.request import Address, Request
    from funcyard.emulator.files.sas import FindPolicy, Grant

_OLDEST: Final = "2014-02-14"
_SCHEMES: Final = {"sharedkey": shared_key_strings, "sharedkeylite": shared_key_lite_strings}
_TOLERANCE: Final = 15 * 60 * times.TICKS
_AUTHORIZATION = re.compile(r"(\S+) ([^:\s]+):(\S+)")
_VERSION = re.compile(r"\d{4}-\d\d-\d\d")


def authenticate(
    request: Request,
    address: Address,
    operation: Operation,
    *,
    keys: Mapping[str, tuple[str, ...]],
    now: int,
    policy: FindPolicy,
) -> Grant:
    """Return what the request may do.

    Args:
        request: What came.
        address: What it is for.
        operation: What it wants.
        keys: Account name to its keys, in base64; any of them will do.
        now: Ticks.
        policy: Finds a stored access policy by share and identifier.

    Raises:
        StorageError: It proves nothing, or not enough.
    """
    authorization = request.header("authorization")
    if authorization is None and not sas.is_sas(request.query):
        raise StorageError("NoAuthenticationInformation")
    own = keys.get(address.account)
    if own is None:
        raise _failed(f"There is no account {address.account} here.")

    def proved(key: str) -> Grant:
        if authorization is None:
            return sas.verify(request, address, operation, key=key, now=now, policy=policy)
        _check_shared_key(request, address.account, authorization, key=key, now=now)
        return sas.Grant()

    return with_any(own, proved)


def with_any(keys: tuple[str, ...], proved: Callable[[str], Grant]) -> Grant:
    """Return what is proved by the first key that proves anything.

    Raises:
        StorageError: None does; what the last one says.
    """
    for key in keys[:-1]:
        with contextlib.suppress(StorageError):
            return proved(key)
    return proved(keys[-1])


def check_version(request: Request) -> str:
    """Return the version of the service that the request asks for.

    Every date since the first version with files is taken; a date later than what is known here
    means the newest behaviour.

    Raises:
        StorageError: It names none, or one before there was a file service.
    """
    version = request.header("x-ms-version") or request.query.get("sv")
    if version is None:
        raise StorageError("MissingRequiredHeader", HeaderName="x-ms-version")
    if not _VERSION.fullmatch(version) or version < _OLDEST:
        raise StorageError("InvalidHeaderValue", HeaderName="x-ms-version", HeaderValue=version)
    return version


def _check_shared_key(
    request: Request, account: str, authorization: str, *, key: str, now: int
) -> None:
    parsed = _AUTHORIZATION.fullmatch(authorization)
    if parsed is None:
        if authorization.lower().startswith("bearer "):
            raise _failed("Tokens of Microsoft Entra ID are not supported; use the account's key.")
        raise StorageError("InvalidAuthenticationInfo")
    scheme, named, signature = parsed.groups()
    strings = _SCHEMES.get(scheme.lower())
    if strings is None:
        raise StorageError("InvalidAuthenticationInfo")
    if named != account:
        raise _failed(f"The account of the signature, {named}, is not that of the address.")
    _check_date(request, now)
    if not any(equal(signature, sign(key, text)) for text in strings(request, account)):
        text = next(strings(request, account))
        raise _failed(
            f"The MAC signature found in the HTTP request '{signature}' is not the same as any"
            f" computed signature. Server used following string to sign: '{text}'."
        )


def _check_date(request: Request, now: int) -> None:
    date = request.header("x-ms-date") or request.header("date")
    if date is None:
        raise _failed("No x-ms-date or Date header is given.")
    moment = times.parse_http(date)
    if moment is None or abs(now - moment) > _TOLERANCE:
        raise _failed(f"Request date header too old: '{date}'")


def _failed(detail: str) -> StorageError:
    return StorageError("AuthenticationFailed", AuthenticationErrorDetail=detail)
