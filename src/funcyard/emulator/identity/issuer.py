"""Tokens of the local tenant: what they say, in the claims of Microsoft Entra ID's version 2.0.

https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any, Final, Protocol

import jwt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from funcyard.emulator.identity.signing import SigningKey
    from funcyard.emulator.identity.tenant import Tenant

LIFETIME_SECONDS: Final = 3600


class Applications(Protocol):
    """The applications that a tenant has beside its own."""

    def knows(self, app_id: str) -> bool:
        """Whether there is one of that client id."""
        ...

    def proves(self, app_id: str, secret: str) -> bool:
        """Whether a password is one of its own, and counts now."""
        ...

    def principal_of(self, app_id: str) -> str | None:
        """Return the object id of its service principal; None where it has none."""
        ...


class Issuer:
    """Issues the tokens of a tenant, and knows its own.

    Args:
        tenant: Whose they are.
        key: Signs them.
        url: Where the sign-in is reached, without the tenant.
        clock: Returns the time of day in seconds.
        others: The applications that were made in the tenant; None where none can be.

    Attributes:
        others: As given.
        tenant: Whose tokens it issues.
        key: Signs them.
        authority: Address of the tenant, as a challenge names it.
        name: What the tokens name as their issuer.
        keys_url: Where its public keys are.
    """

    def __init__(
        self,
        tenant: Tenant,
        key: SigningKey,
        url: str,
        *,
        clock: Callable[[], float] = time.time,
        others: Applications | None = None,
    ) -> None:
        self.tenant = tenant
        self.key = key
        self.authority = f"{url}/{tenant.id}"
        self.name = f"{self.authority}/v2.0"
        self.keys_url = f"{self.authority}/discovery/v2.0/keys"
        self.others = others
        self._clock = clock

    @property
    def application_id(self) -> str:
        """Object id of the tenant's application."""
        return self._object(f"application {self.tenant.client_id}")

    def application_token(self, audience: str) -> str:
        """Return a token of the tenant's application for a service."""
        client = self.tenant.client_id
        return self._token(
            audience, self.application_id, LIFETIME_SECONDS, azp=client, azpacr="1", idtyp="app"
        )

    def service_principal_token(self, audience: str, client: str, subject: str) -> str:
        """Return a token of an application that was made in the tenant, for a service.

        Args:
            audience: The service.
            client: The application's client id.
            subject: Object id of its service principal.
        """
        return self._token(audience, subject, LIFETIME_SECONDS, azp=client, azpacr="1", idtyp="app")

    def identity_token(self, audience: str, client: str, subject: str) -> str:
        """Return a token of a managed identity for a service.

        Args:
            audience: The service.
            client: The identity's client id.
            subject: Its object id in the tenant.
        """
        return self._token(audience, subject, LIFETIME_SECONDS, azp=client, azpacr="2", idtyp="app")

    def user_token(
        self,
        audience: str,
        user: str,
        *,
        roles: Sequence[str] = (),
        groups: Sequence[str] = (),
        seconds: int = LIFETIME_SECONDS,
    ) -> str:
        """Return a token of a person, whoever that is, for a service.

        Args:
            audience: The service.
            user: The name that the person signs in with.
            roles: Roles of the application that the person has.
            groups: Object ids of groups that the person is in.
            seconds: How long it is valid.
        """
        claims: dict[str, object] = {
            "azp": self.tenant.client_id,
            "name": user,
            "preferred_username": user,
            "scp": "user_impersonation",
        }
        if roles:
            claims["roles"] = list(roles)
        if groups:
            claims["groups"] = list(groups)
        return self._token(audience, self._object(f"user {user}"), seconds, **claims)

    def verify(self, token: str, audience: str) -> None:
        """Refuse what is no valid token of this issuer's for a service.

        Raises:
            jwt.PyJWTError: Says why.
        """
        self.claims(token, (audience,))

    def claims(self, token: str, audiences: Sequence[str]) -> dict[str, Any]:
        """Return what a token of this issuer's says, if it is for one of these services.

        Raises:
            jwt.PyJWTError: It is none, or for none of them.
        """
        claims: dict[str, Any] = jwt.decode(
            token,
            self.key.public,
            algorithms=["RS256"],
            audience=list(audiences),
            issuer=self.name,
            options={"require": ["exp", "nbf", "iss", "aud", "oid"]},
        )
        return claims

    def _token(self, audience: str, subject: str, seconds: int, **claims: object) -> str:
        now = int(self._clock())
        return self.key.sign(
            {
                "aud": audience,
                "iss": self.name,
                "iat": now,
                "nbf": now,
                "exp": now + seconds,
                "oid": subject,
                "sub": subject,
                "tid": self.tenant.id,
                "uti": uuid.uuid4().hex,
                "ver": "2.0",
                **claims,
            }
        )

    def _object(self, name: str) -> str:
        """Return the object id of somebody in the tenant, the same each time."""
        return str(uuid.uuid5(uuid.UUID(self.tenant.id), name))
