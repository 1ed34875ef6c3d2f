"""Who asks a registry, and what that may: by user and password, or by a token of the registry's.

Entra ID's tokens are exchanged for the registry's own, as in Azure; roles count for the actions
``pull/read``, ``push/write`` and ``artifacts/delete`` at the registry.

https://learn.microsoft.com/azure/container-registry/container-registry-authentication
https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import jwt

from funcyard.emulator.core.access import AUDIENCES, Caller, caller_of
from funcyard.emulator.registries.naming import REGISTRY, login_server

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json, Kept

PULL: Final = "pull"
PUSH: Final = "push"
DELETE: Final = "delete"
TOKEN_USER: Final = "00000000-0000-0000-0000-000000000000"  # noqa: S105 - a name
"""The user whose password is a token of the registry's."""

PASSWORDS: Final = ("password", "password2")
_ACTIONS: Final = {
    PULL: f"{REGISTRY}/pull/read",
    PUSH: f"{REGISTRY}/push/write",
    DELETE: f"{REGISTRY}/artifacts/delete",
}
_MEANT: Final = {
    PULL: (PULL,),
    PUSH: (PUSH,),
    DELETE: (DELETE,),
    "metadata_read": (PULL,),
    "metadata_write": (PUSH,),
    "*": (PULL, PUSH, DELETE),
}
"""What a scope's word asks for."""

_ADMIN: Final = "admin user"
_ANONYMOUS: Final = "anybody"
_ISSUER: Final = "Azure Container Registry"
_ACCESS_SECONDS: Final = 75 * 60
_REFRESH_SECONDS: Final = 3 * 60 * 60
_AUDIENCES: Final = (
    *AUDIENCES,
    "https://containerregistry.azure.net",
    "https://containerregistry.azure.net/",
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may do in a registry.

    Attributes:
        subject: Who.
        everywhere: Actions in any repository.
        within: Actions in repositories by their names.
        lists: Whether its repositories are told.
    """

    subject: str
    everywhere: frozenset[str]
    within: Mapping[str, frozenset[str]]
    lists: bool

    def may(self, repository: str, action: str) -> bool:
        """Whether that covers an action in a repository."""
        return action in self.everywhere or action in self.within.get(repository, ())


class Access:
    """Who may what in a registry.

    Args:
        core: Whose tokens and roles count.
        kept: The registry.
    """

    def __init__(self, core: Core, kept: Kept) -> None:
        self._core = core
        self._kept = kept
        self.service = login_server(core, kept)

    def grant(self, authorization: str) -> Grant | None:
        """Return what the bearer of a header may; None where it proves nothing."""
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() == "basic":
            subject = self.subject_of_basic(authorization)
            return None if subject is None else self._whole(subject)
        claims = self._claims(given.strip(), "access_token") if scheme.lower() == "bearer" else None
        if claims is None:
            return None
        within: dict[str, frozenset[str]] = {}
        lists = False
        for one in claims["access"]:
            if one["type"] == "registry":
                lists = lists or "*" in one["actions"]
                continue
            within[one["name"]] = within.get(one["name"], frozenset()) | _wanted(one["actions"])
        return Grant(claims["sub"], frozenset(), within, lists)

    def subject_of_basic(self, authorization: str) -> str | None:
        """Return whose name and password a header holds; None where they are nobody's."""
        scheme, _, given = authorization.partition(" ")
        return self.subject_of_password(*_decoded(given)) if scheme.lower() == "basic" else None

    def subject_of_password(self, user: str, password: str) -> str | None:
        """Return whose name and password these are; None where they are nobody's."""
        tenant, issuer = self._core.issuer.tenant, self._core.issuer
        if user.lower() == TOKEN_USER:
            return self.subject_of_refresh_token(password)
        if user.lower() == tenant.client_id.lower():
            return issuer.application_id if _same(password, tenant.client_secret) else None
        if not self._kept.properties["adminUserEnabled"] or user != self._kept.name:
            return None
        good = [_same(password, self._kept.secrets[name]) for name in PASSWORDS]
        return _ADMIN if any(good) else None

    def subject_of_entra_token(self, token: str) -> str | None:
        """Return whose token of Entra ID that is, if it may anything here; else None."""
        audiences = (*_AUDIENCES, self._core.url, f"{self._core.url}/")
        try:
            subject = caller_of(token, self._core, audiences).id
        except jwt.PyJWTError:
            return None
        return subject if self._actions(subject) else None

    def subject_of_refresh_token(self, token: str) -> str | None:
        """Return whose token of the registry's that is; None where it is none."""
        claims = self._claims(token, "refresh_token")
        return None if claims is None else str(claims["sub"])

    @property
    def anonymous(self) -> str | None:
        """Who asks without proving anything; None where that is nobody."""
        return _ANONYMOUS if self._kept.properties.get("anonymousPullEnabled") else None

    def refresh_token(self, subject: str) -> str:
        """Return a token by which somebody gets others for some hours."""
        return self._signed(subject, _REFRESH_SECONDS, grant_type="refresh_token")

    def access_token(self, subject: str, scopes: Iterable[str]) -> str:
        """Return a token that covers what somebody may of some scopes."""
        allowed, access = self._actions(subject), []
        for scope in scopes:
            kind, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            given = [
                one
                for one in actions.split(",")
                if one in _MEANT and allowed.issuperset(_needed(kind, one))
            ]
            if name and given:
                access.append({"type": kind, "name": name, "actions": given})
        return self._signed(subject, _ACCESS_SECONDS, grant_type="access_token", access=access)

    def challenge(self, scope: str = "", error: str = "") -> str:
        """Return where and for what a token is had, as a header tells it."""
        told = f'Bearer realm="https://{self.service}/oauth2/token",service="{self.service}"'
        told += f',scope="{scope}"' if scope else ""
        return told + (f',error="{error}"' if error else "")

    def _whole(self, subject: str) -> Grant:
        actions = self._actions(subject)
        return Grant(subject, actions, {}, PULL in actions)

    def _actions(self, subject: str) -> frozenset[str]:
        if subject == _ADMIN:
            return frozenset(_ACTIONS)
        if subject == _ANONYMOUS:
            return frozenset({PULL})
        caller = Caller(subject, subject == self._core.issuer.application_id)
        allows, scope = self._core.allows, self._kept.id
        return frozenset(name for name, action in _ACTIONS.items() if allows(caller, action, scope))

    def _signed(self, subject: str, seconds: int, **claims: object) -> str:
        now = int(self._core.clock.time())
        return self._core.issuer.key.sign(
            {
                "iss": _ISSUER,
                "aud": self.service,
                "sub": subject,
                "iat": now,
                "nbf": now,
                "exp": now + seconds,
                **claims,
            }
        )

    def _claims(self, token: str, kind: str) -> Json | None:
        try:
            found: dict[str, Any] = jwt.decode(
                token,
                self._core.issuer.key.public,
                algorithms=["RS256"],
                audience=self.service,
                issuer=_ISSUER,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError:
            return None
        return found if found.get("grant_type") == kind else None


def _needed(kind: str, word: str) -> tuple[str, ...]:
    return (PULL,) if kind == "registry" else _MEANT[word]


def _wanted(words: Iterable[str]) -> frozenset[str]:
    return frozenset(one for word in words for one in _MEANT[word])


def _decoded(given: str) -> tuple[str, str]:
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password


def _same(given: str, kept: str) -> bool:
    return hmac.compare_digest(given.encode(), kept.encode())
