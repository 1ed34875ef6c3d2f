"""Who may: bearers of a token of the local tenant for Key Vault; others are told where to get one.

https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import jwt

from funcyard.emulator.vault.errors import unauthorized

if TYPE_CHECKING:
    from funcyard.emulator.http import Request
    from funcyard.emulator.identity.issuer import Issuer

AUDIENCE: Final = "https://vault.azure.net"
"""What a token for Key Vault is for, in the public cloud and here."""


def authenticate(request: Request, issuer: Issuer) -> None:
    """Refuse a request that bears no token for Key Vault.

    Raises:
        VaultError: Says why.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorized("AKV10000: Request is missing a Bearer or PoP token.")
    try:
        issuer.verify(token.strip(), AUDIENCE)
    except jwt.InvalidAudienceError:
        raise unauthorized(f"AKV10022: Invalid audience. Expected {AUDIENCE}.") from None
    except jwt.InvalidIssuerError:
        raise unauthorized(f"AKV10032: Invalid issuer. Expected one of {issuer.name}.") from None
    except jwt.ExpiredSignatureError:
        raise unauthorized("[TokenExpired] Error validating token: it has expired.") from None
    except jwt.PyJWTError as fault:
        raise unauthorized(f"Error validating token: {fault}") from None


def challenge(issuer: Issuer) -> str:
    """Return what tells a client where to get a token."""
    return f'Bearer authorization="{issuer.authority}", resource="{AUDIENCE}"'
