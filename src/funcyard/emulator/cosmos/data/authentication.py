"""Who may: signatures with an account's keys.

https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources
"""

from __future__ import annotations

import base64
import binascii
import hmac
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote

from funcyard.emulator.cosmos.data import errors
from funcyard.emulator.cosmos.data.addressing import Address

if TYPE_CHECKING:
    from funcyard.emulator.cosmos.data.account import Account
    from funcyard.emulator.http import Request

_SKEW_SECONDS: Final = 15 * 60
_READS: Final = frozenset({"GET", "HEAD"})
_QUERY: Final = "x-ms-documentdb-isquery"
_PLAN: Final = "x-ms-cosmos-is-query-plan-request"


def signature(key: str, method: str, kind: str, link: str, dates: str) -> str:
    """Return the signature of a request; dates are those of two headers, a line each."""
    text = f"{method.lower()}\n{kind.lower()}\n{link}\n{dates.lower()}\n"
    made = hmac.new(base64.b64decode(key), text.encode(), sha256).digest()
    return base64.b64encode(made).decode()


def authenticate(request: Request, account: Account, now: float) -> None:
    """Refuse a request that no key of the account opens.

    Args:
        request: As it came.
        account: Whose keys.
        now: The time of day.

    Raises:
        DataError: It is not signed, not now, not by a key, or that one is for readers.
    """
    given = dict(parse_qsl(unquote(request.headers.get("authorization", "")).replace("+", "%2B")))
    if not given:
        raise errors.unauthorized("Required Header authorization is missing.")
    if given.get("type") != "master" or given.get("ver") != "1.0":
        raise errors.unauthorized(
            "The authorization token is of a type that the local Cosmos DB does not support:"
            " requests are signed with a key of the account."
        )
    dates = _dates(request)
    _check_date(dates.strip("\n"), now)
    is_reader = _matches(request, given.get("sig", ""), dates, account.reading_keys)
    if not is_reader and not _matches(request, given.get("sig", ""), dates, account.keys):
        address = Address.of(request)
        raise errors.unauthorized(
            "The input authorization token can't serve the request. The wrong key is being used or"
            " the expected payload is not built as per the protocol. What is signed is the method,"
            f" {address.kind!r}, {address.link!r} and {dates.lower()!r}."
        )
    if is_reader and request.method not in _READS and not _asks(request):
        raise errors.forbidden(
            "The operation is not allowed with a read-only key; use a key that may write."
        )


def _asks(request: Request) -> bool:
    """Whether a request is answered as a query, so that it changes nothing."""
    if request.method != "POST":
        return False
    names = (_QUERY, _PLAN) if Address.of(request).kind == "docs" else (_QUERY,)
    return any(request.headers.get(name, "").lower() == "true" for name in names)


def _dates(request: Request) -> str:
    """Return what a signature holds of the request's time; ``date`` counts where it is alone."""
    if given := request.headers.get("x-ms-date"):
        return f"{given}\n"
    return f"\n{request.headers.get('date', '')}"


def _check_date(text: str, now: float) -> None:
    try:
        then = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        raise errors.unauthorized(
            f"The request's date {text[:40]!r} is none in the form of RFC 1123, in x-ms-date."
        ) from None
    if abs(then - now) > _SKEW_SECONDS:
        raise errors.forbidden(
            "The authorization token is not valid at the current time. Please create another token"
            f" and retry (token start time: {text}, 15 minutes around it count)."
        )


def _matches(request: Request, given: str, dates: str, keys: tuple[str, ...]) -> bool:
    """Whether a signature is of one of some keys; each is compared, in constant time."""
    address = Address.of(request)
    try:
        sent = base64.b64decode(given, validate=True)
    except (ValueError, binascii.Error):
        return False
    found = [
        hmac.compare_digest(
            base64.b64decode(signature(key, request.method, address.kind, address.link, dates)),
            sent,
        )
        for key in keys
    ]
    return any(found)
