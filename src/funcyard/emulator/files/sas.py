"""Shared access signatures of an account and of a share or file: signature, time, place, rights.

From "Create an account SAS" and "Create a service SAS". The signature is compared before anything
that the token says is believed.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from funcyard.emulator.files import times
from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.signature import equal, sign

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.emulator.files.operation import Operation
    from funcyard.emulator.files.request import Address, Request

_RESPONSE_HEADERS: Final = {
    "rscc": "Cache-Control",
    "rscd": "Content-Disposition",
    "rsce": "Content-Encoding",
    "rscl": "Content-Language",
    "rsct": "Content-Type",
}
_WITH_SCOPE = "2020-12-06"
_T = TypeVar("_T")
_KINDS: Final = {"service": "s", "container": "c", "object": "o"}


@dataclass(frozen=True, slots=True)
class Policy:
    """A stored access policy of a share; each part may be left to the token.

    Attributes:
        start: Ticks, or None.
        expiry: Ticks, or None.
        permission: Letters, or None.
    """

    start: int | None
    expiry: int | None
    permission: str | None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Policy:
        """Return a policy as its share keeps it."""
        return cls(
            times.parse_iso(values.get("Start", "")),
            times.parse_iso(values.get("Expiry", "")),
            values.get("Permission"),
        )


FindPolicy: TypeAlias = "Callable[[str, str], Policy | None]"
"""Finds a stored access policy by share and identifier."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What an authenticated request may do.

    Attributes:
        permissions: The letters of a SAS; None for the account's key, which may do anything.
        overrides: Headers that a service SAS sets in the answer to a read.
        scope: The share that a service SAS is for, with everything in it; None for all shares.
        one_file: Whether it is for one file of that share only.
    """

    permissions: str | None = None
    overrides: tuple[tuple[str, str], ...] = ()
    scope: str | None = None
    one_file: bool = False

    def covers(self, share: str) -> bool:
        """Whether it is good for everything in a share."""
        return not self.one_file and self.scope in {None, share}

    def allows(self, letters: str) -> bool:
        """Whether one of these permissions is granted."""
        return self.permissions is None or bool(set(letters) & set(self.permissions))


def is_sas(query: Mapping[str, str]) -> bool:
    """Whether a query carries a shared access signature."""
    return "sig" in query


def verify(
    request: Request,
    address: Address,
    operation: Operation,
    *,
    key: str,
    now: int,
    policy: FindPolicy,
) -> Grant:
    """Return what the request's SAS grants.

    Args:
        request: With the token among its parameters.
        address: What it is for.
        operation: What it wants.
        key: The account's.
        now: Ticks.
        policy: Finds a stored access policy by share and identifier.

    Raises:
        StorageError: The signature is wrong, its time over or to come, or it does not allow this.
    """
    query = request.query
    if "skoid" in query:
        raise _failed("Signatures by a user delegation key are not supported.")
    if "ss" in query or "srt" in query:
        return _verify_account(request, address, operation, key=key, now=now)
    return _verify_service(request, address, operation, key=key, now=now, policy=policy)


def _verify_account(
    request: Request, address: Address, operation: Operation, *, key: str, now: int
) -> Grant:
    query = request.query
    names = ["sp", "ss", "srt", "st", "se", "sip", "spr", "sv"]
    if query.get("sv", "") >= _WITH_SCOPE:
        names.append("ses")
    fields = [address.account, *(query.get(name, "") for name in names)]
    _check_signature(query, key, "\n".join(fields) + "\n")
    _check_time(times.parse_iso(query.get("st", "")), _time(query, "se"), query, now)
    _check_surroundings(request)
    if "f" not in query.get("ss", ""):
        raise StorageError("AuthorizationServiceMismatch")
    if _KINDS[operation.resource] not in query.get("srt", ""):
        raise StorageError("AuthorizationResourceTypeMismatch")
    return _granted(Grant(query.get("sp", "")), operation.account_sas)


def _verify_service(
    request: Request,
    address: Address,
    operation: Operation,
    *,
    key: str,
    now: int,
    policy: FindPolicy,
) -> Grant:
    query = request.query
    resource = query.get("sr", "")
    if resource not in {"f", "s"} or address.share is None:
        raise _failed("The signed resource is not allowed for this resource level")
    path = address.path if resource == "f" else ""
    if resource == "f" and not path:
        raise _failed("The signed resource is not allowed for this resource level")
    canonical = "/".join(filter(None, ["/file", address.account, address.share, path]))
    before = [query.get(name, "") for name in ("sp", "st", "se")]
    after = [query.get(name, "") for name in ("si", "sip", "spr", "sv", *_RESPONSE_HEADERS)]
    _check_signature(query, key, "\n".join([*before, canonical, *after]))
    stored = _stored(query, address.share, policy)
    start = _either(query, "st", stored.start, _time(query, "st"))
    expiry = _either(query, "se", stored.expiry, _time(query, "se"))
    permission = _either(query, "sp", stored.permission, query.get("sp"))
    if permission is None:
        raise _failed("Access policy fields can be associated with signature or SAS identifier")
    _check_time(start, expiry, query, now)
    _check_surroundings(request)
    overrides = tuple(
        (header, query[name]) for name, header in _RESPONSE_HEADERS.items() if name in query
    )
    grant = Grant(permission, overrides, address.share, one_file=resource == "f")
    return _granted(grant, operation.service_sas)


def _stored(query: Mapping[str, str], share: str, policy: FindPolicy) -> Policy:
    identifier = query.get("si")
    if identifier is None:
        return Policy(None, None, None)
    found = policy(share, identifier)
    if found is None:
        raise _failed(
            f"SAS identifier cannot be found for specified signed identifier {identifier}"
        )
    return found


def _either(query: Mapping[str, str], name: str, stored: _T | None, given: _T | None) -> _T | None:
    """Return a field that the policy or the token has; both is refused, as Azure refuses it."""
    if stored is not None and name in query:
        raise _failed(
            "Access policy fields can be associated with signature or SAS identifier but not both"
        )
    return stored if stored is not None else given


def _check_signature(query: Mapping[str, str], key: str, text: str) -> None:
    if not equal(query["sig"], sign(key, text)):
        raise _failed(f"Signature did not match. String to sign used was {text}")


def _check_time(start: int | None, expiry: int | None, query: Mapping[str, str], now: int) -> None:
    if expiry is None:
        raise _failed("Signature fields not well formed: an expiry is mandatory.")
    if now >= expiry or (start is not None and now < start):
        raise _failed(
            f"Signature not valid in the specified time frame: Start [{query.get('st', '')}] -"
            f" Expiry [{query.get('se', '')}] - Current [{times.rfc1123(now)}]"
        )


def _check_surroundings(request: Request) -> None:
    if request.query.get("spr", "https,http").lower() == "https" and not request.secure:
        raise StorageError("AuthorizationProtocolMismatch")
    if allowed := request.query.get("sip"):
        first, _, last = allowed.partition("-")
        try:
            address = ipaddress.ip_address(request.client)
            low, high = ipaddress.ip_address(first), ipaddress.ip_address(last or first)
            inside = low.version == address.version and int(low) <= int(address) <= int(high)
        except ValueError:
            inside = False
        if not inside:
            raise StorageError("AuthorizationSourceIPMismatch", SourceIP=request.client)


def _granted(grant: Grant, needed: str) -> Grant:
    if not grant.allows(needed):
        raise StorageError("AuthorizationPermissionMismatch")
    return grant


def _time(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    ticks = times.parse_iso(text)
    if ticks is None:
        raise _failed(f"Signature fields not well formed: {name} is no time.")
    return ticks


def _failed(detail: str) -> StorageError:
    return StorageError("AuthenticationFailed", AuthenticationErrorDetail=detail)
