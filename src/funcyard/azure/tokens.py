"""Tokens of Microsoft Entra ID, verified: who calls, as the issuer says and nobody else.

A token is taken apart by PyJWT only after its header was held against the one way in which Entra ID
signs, RS256 with a key that the issuer publishes. Nothing else in the header is believed: not the
algorithm, no key that the token brings along, no address of one.

https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import jwt

from funcyard.errors import REFUSED, FuncyardError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.azure.signing_keys import SigningKeys

_ALGORITHM: Final = "RS256"
_REQUIRED: Final = ("exp", "nbf", "iat", "iss", "aud")
_LONGEST: Final = 16 * 1024
_LONGEST_KEY_NAME: Final = 256
_LEEWAY_SECONDS: Final = 60


class TokenError(FuncyardError):
    """A token that does not count. The message never holds a part of it.

    Attributes:
        status: What an API answers.
    """

    code = "bad-token"
    exit_code = REFUSED
    status: ClassVar[int] = 401


class MalformedTokenError(TokenError):
    """It is no token, or not one as Entra ID makes them."""

    code = "token-malformed"


class BadSignatureError(TokenError):
    """It is not signed by a key of the issuer's."""

    code = "token-signature"


class ExpiredTokenError(TokenError):
    """Its time is over."""

    code = "token-expired"


class EarlyTokenError(TokenError):
    """Its time has not come, or it comes from the future."""

    code = "token-early"


class WrongAudienceError(TokenError):
    """It is for another service."""

    code = "token-audience"


class WrongIssuerError(TokenError):
    """Somebody else issued it, or for another tenant."""

    code = "token-issuer"


class TokenRulesError(UsageError):
    """The settings do not say whose tokens count, or for what."""

    code = "bad-token-rules"


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Which tokens count.

    Attributes:
        issuers: What they may name as their issuer.
        audiences: What they may be for: the API's client id, or its address.
        tenant: The only tenant whose tokens count; None where the issuers say it already.
        leeway: By how many seconds clocks may differ.
    """

    issuers: tuple[str, ...]
    audiences: tuple[str, ...]
    tenant: str | None = None
    leeway: int = _LEEWAY_SECONDS

    def __post_init__(self) -> None:
        """Check what was given.

        Raises:
            TokenRulesError: No issuer or no audience: every token of everybody would count.
        """
        if not self.issuers or not self.audiences or not all((*self.issuers, *self.audiences)):
            raise TokenRulesError("the issuer and the audience of tokens must be set")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token says is calling.

    Attributes:
        id: The object id of the person or program in the tenant.
        tenant: The tenant's id, empty where the token does not say it.
        name: What the person signs in with, else the id.
        roles: Of the API's roles, those that the caller has.
        groups: Ids of groups that the caller is in.
        groups_left_out: The caller is in more groups than a token holds.
        is_application: No person, but a program in its own name.
        claims: Everything that the token says.
    """

    id: str
    tenant: str
    name: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    groups_left_out: bool
    is_application: bool
    claims: Mapping[str, object] = field(repr=False)


class TokenVerifier:
    """Says who calls.

    Args:
        rules: Which tokens count.
        keys: Of the issuer.
    """

    def __init__(self, rules: TokenRules, keys: SigningKeys) -> None:
        self._rules = rules
        self._keys = keys

    async def verify(self, token: str) -> Caller:
        """Return who calls.

        Raises:
            TokenError: The token does not count.
            KeysUnreachableError: Nobody knows whether it does.
        """
        key = await self._keys.find(_key_name(token))
        if key is None:
            raise BadSignatureError("the token is signed by a key that its issuer does not have")
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self._rules.audiences,
                issuer=self._rules.issuers,
                leeway=self._rules.leeway,
                options={"require": list(_REQUIRED)},
            )
        except jwt.PyJWTError as fault:
            raise _told(fault) from None
        tenant = claims.get("tid", "")
        if self._rules.tenant is not None and tenant != self._rules.tenant:
            raise WrongIssuerError("the token is of another tenant")
        return _caller(claims)


def _key_name(token: str) -> str:
    """Return the name of the key that a token says signed it.

    Raises:
        MalformedTokenError: It is no token that Entra ID would have made.
    """
    if len(token) > _LONGEST or not token.isascii():
        raise MalformedTokenError("the token is too long or no text")
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, RecursionError):
        raise MalformedTokenError("the token is none") from None
    if header.get("alg") != _ALGORITHM:
        raise MalformedTokenError(f"the token is not signed with {_ALGORITHM}")
    name = header.get("kid")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_KEY_NAME or "crit" in header:
        raise MalformedTokenError("the token does not say by which key it is signed, or asks more")
    return name


def _told(fault: jwt.PyJWTError) -> TokenError:
    match fault:
        case jwt.InvalidSignatureError():
            return BadSignatureError("the token is not signed by the key that it names")
        case jwt.ExpiredSignatureError():
            return ExpiredTokenError("the token has expired", hint="sign in again")
        case jwt.ImmatureSignatureError():
            return EarlyTokenError(
                "the token is not valid yet", hint="check the clock of this machine"
            )
        case jwt.InvalidAudienceError():
            return WrongAudienceError("the token is for another service")
        case jwt.InvalidIssuerError():
            return WrongIssuerError("the token was issued by somebody else")
        case _:
            return MalformedTokenError("the token lacks what it must say, or says it wrongly")


def _caller(claims: Mapping[str, Any]) -> Caller:
    """Return who the claims of a verified token speak of.

    Raises:
        MalformedTokenError: They speak of nobody.
    """
    identity = claims.get("oid") or claims.get("sub")
    if not isinstance(identity, str) or not identity:
        raise MalformedTokenError("the token does not say who calls")
    name = claims.get("preferred_username") or claims.get("upn") or identity
    sources = claims.get("_claim_names")
    return Caller(
        id=identity,
        tenant=str(claims.get("tid", "")),
        name=str(name),
        roles=_strings(claims.get("roles")),
        groups=_strings(claims.get("groups")),
        groups_left_out=bool(claims.get("hasgroups"))
        or (isinstance(sources, dict) and "groups" in sources),
        is_application=claims.get("idtyp") == "app"
        or ("scp" not in claims and claims.get("oid") == claims.get("sub")),
        claims=claims,
    )


def _strings(claim: object) -> tuple[str, ...]:
    if not isinstance(claim, list):
        return ()
    return tuple(one for one in claim if isinstance(one, str))
