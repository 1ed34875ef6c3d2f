"""Who asks a Grafana, and what as: by a token of Entra ID and a role, or by an account's own token.

https://learn.microsoft.com/azure/managed-grafana/how-to-share-grafana-workspace
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import jwt

from funcyard.emulator.core.access import caller_of
from funcyard.emulator.grafana import errors
from funcyard.emulator.grafana.store import ACCOUNT, TOKEN

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.grafana.store import GrafanaStore

AUDIENCE: Final = "ce34e7e5-485f-4d76-964f-b3d2b16d1e4f"
"""What a token for Azure Managed Grafana is for: that application's id."""

ROLES: Final = ("Viewer", "Editor", "Admin")
"""The roles in a Grafana, the least first."""

_OWN: Final = "glsa_"
_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class User:
    """Who asks.

    Attributes:
        name: As the Grafana knows it.
        role: One of :data:`ROLES`.
    """

    name: str
    role: str

    def check(self, role: str) -> None:
        """Refuse who has a lesser role.

        Raises:
            GrafanaError: It has.
        """
        if ROLES.index(self.role) < ROLES.index(role):
            raise errors.forbidden(role)


def user_of(
    authorization: str, core: Core, store: GrafanaStore, instance: str, *, takes_tokens: bool
) -> User:
    """Return who bears a token.

    Args:
        authorization: The header.
        core: Whose tokens and roles count.
        store: Whose accounts count.
        instance: Id of the Grafana.
        takes_tokens: Whether tokens of accounts open it (``apiKey``).

    Raises:
        GrafanaError: Nobody who may enter.
    """
    scheme, _, token = authorization.partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    if token.startswith(_OWN):
        return _of_account(token, core, store, takes_tokens=takes_tokens)
    try:
        caller = caller_of(token, core, (AUDIENCE, f"api://{AUDIENCE}", f"{AUDIENCE}/"))
    except jwt.PyJWTError:
        raise errors.unauthorized("Unauthorized") from None
    for role in reversed(ROLES):
        action = f"Microsoft.Dashboard/grafana/ActAsGrafana{role}/action"
        if core.allows_data(caller, action, instance):
            return User(caller.id, role)
    raise errors.forbidden("Grafana Viewer, Editor or Admin at this instance")


def new_token() -> str:
    """Return a new token of an account."""
    return f"{_OWN}{secrets.token_urlsafe(_BYTES)}"


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_expired(token: Json, now: float) -> bool:
    """Whether the time of an account's token is over."""
    return token["expiration"] is not None and _moment(token["expiration"]) <= now


def _of_account(token: str, core: Core, store: GrafanaStore, *, takes_tokens: bool) -> User:
    if not takes_tokens:
        raise errors.unauthorized("API keys are disabled for this Grafana (apiKey)")
    # What is looked up is a digest of a random token, so that its time tells nothing of it.
    kept = store.find(TOKEN, digest(token))
    if kept is None or is_expired(kept, core.clock.time()):
        raise errors.unauthorized("Invalid API key")
    account = next((one for one in store.all(ACCOUNT) if one["id"] == kept["account"]), None)
    if account is None or account["isDisabled"]:
        raise errors.unauthorized("Service account disabled")
    return User(account["login"], account["role"])


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
