"""Who asks the Resource Manager: bearers of a token of the local sign-in for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import jwt

from funcyard.emulator.core import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.http import Request

AUDIENCES: Final = (
    "https://management.azure.com",
    "https://management.azure.com/",
    "https://management.core.windows.net",
    "https://management.core.windows.net/",
)
"""What a token for the Resource Manager is for, in the public cloud and here."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        id: The object id in the tenant.
        is_application: Whether it is the tenant's application, whose all subscriptions are.
    """

    id: str
    is_application: bool


def authenticate(request: Request, core: Core) -> Caller:
    """Return who sends a request.

    Raises:
        ArmError: It bears no token for the Resource Manager.
    """
    authority = core.issuer.authority
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise errors.unauthenticated(
            "Authentication failed. The 'Authorization' header is missing.", authority
        )
    try:
        return caller_of(token.strip(), core, (*AUDIENCES, core.url, f"{core.url}/"))
    except jwt.ExpiredSignatureError:
        raise errors.unauthenticated(
            "The access token expiry UTC time is earlier than current UTC time.", authority
        ) from None
    except jwt.InvalidAudienceError:
        raise errors.unauthenticated(
            "The access token has been obtained for wrong audience or resource.", authority
        ) from None
    except jwt.PyJWTError as fault:
        raise errors.unauthenticated(f"The access token is invalid: {fault}", authority) from None


def caller_of(token: str, core: Core, audiences: Sequence[str]) -> Caller:
    """Return whose token for one of these services it is.

    Raises:
        jwt.PyJWTError: It is none.
    """
    claims = core.issuer.claims(token, audiences)
    return Caller(str(claims["oid"]), claims["oid"] == core.issuer.application_id)
