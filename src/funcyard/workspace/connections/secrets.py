"""A connection's secrets: the token, and what its webhook signs with, now and before.

They are read once and kept in memory under the connection's stamp, which changes with every change
of a secret: a webhook is answered without asking the vault, and nobody uses what was replaced.
"""

from __future__ import annotations

import secrets as chance
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.azure.secrets.store import (
    STORES,
    SecretElsewhereError,
    SecretNotFoundError,
    SecretRef,
)
from funcyard.workspace.git.token import Token

if TYPE_CHECKING:
    from funcyard.azure.secrets.store import SecretStore
    from funcyard.workspace.connections.model import Connection
    from funcyard.workspace.connections.table import Record

TOKEN: Final = "PersonalAccessTokenRef"  # noqa: S105  a column's name
SECRET: Final = "WebhookSecretRef"  # noqa: S105
PREVIOUS: Final = "WebhookPreviousSecretRef"
_SECRET_BYTES: Final = 32
_MOST_KEPT: Final = 1000

Values = dict[str, str]


class ConnectionSecrets:
    """The secrets of all connections.

    Args:
        store: Where they are kept. The caller opens and closes it.
    """

    def __init__(self, store: SecretStore) -> None:
        self._store = store
        self._known: dict[tuple[str, str], Values] = {}

    async def token(self, record: Record) -> Token:
        """Return a connection's token.

        Raises:
            SecretNotFoundError: It is gone.
            FuncyardError: The store cannot be used.
        """
        values = await self._values(record)
        if TOKEN not in values:
            name = record.connection.token_name
            raise SecretNotFoundError(
                f"the token of {record.connection.scope} is gone: there is no secret {name}",
                hint="give the connection a token again",
            )
        return Token(values[TOKEN])

    async def signing(self, record: Record) -> tuple[str, ...]:
        """Return what the webhook may sign with at this moment, the newest first.

        Raises:
            FuncyardError: The store cannot be used.
        """
        values = await self._values(record)
        until = record.connection.previous_until
        names = [SECRET]
        if until is not None and datetime.now(UTC) < until:
            names.append(PREVIOUS)
        return tuple(values[name] for name in names if name in values)

    async def set_token(self, connection: Connection, token: str) -> Values:
        """Keep a connection's token and return the reference."""
        return {TOKEN: str(await self._store.set(connection.token_name, token))}

    async def set_signing(self, connection: Connection, secret: str) -> Values:
        """Keep what the webhook signs with and return the reference."""
        return {SECRET: str(await self._store.set(connection.secret_name, secret))}

    async def set_previous(self, connection: Connection, secret: str) -> Values:
        """Keep what the webhook signed with before and return the reference."""
        return {PREVIOUS: str(await self._store.set(connection.previous_name, secret))}

    async def remove(self, connection: Connection) -> None:
        """Keep none of a connection's secrets, also where it was only half made."""
        for name in (connection.token_name, connection.secret_name, connection.previous_name):
            for store in STORES:
                with suppress(SecretElsewhereError):
                    await self._store.delete(SecretRef(store, name))

    async def _values(self, record: Record) -> Values:
        key = (record.connection.id, record.connection.stamp)
        if key not in self._known:
            values = {}
            for column, reference in record.references.items():
                with suppress(SecretNotFoundError):
                    values[column] = await self._store.get(SecretRef.parse(reference))
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[key] = values
        return self._known[key]


def new_secret() -> str:
    """Return what a webhook can sign with: 43 characters, 256 bits of chance."""
    return chance.token_urlsafe(_SECRET_BYTES)
