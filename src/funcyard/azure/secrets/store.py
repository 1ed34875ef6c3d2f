"""The interface of a store of secrets, and the references by which others name what is in it.

Tables hold references, never values. Both implementations take the same names and sizes, those of
Key Vault, so that what was kept in one can be kept in the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, Self

from funcyard.errors import REFUSED, FuncyardError, UsageError

if TYPE_CHECKING:
    from types import TracebackType

LARGEST_VALUE: Final = 25 * 1024
"""How many bytes a value may have in UTF-8."""

STORES: Final = ("vault", "local")
_NAME: Final = re.compile(r"[0-9a-zA-Z-]{1,127}")


class SecretNameError(UsageError):
    """A name that no secret can have, or a text that is no reference."""

    code = "bad-secret-name"


class SecretValueError(UsageError):
    """A value that no secret can have. The message never holds it."""

    code = "bad-secret-value"


class SecretNotFoundError(FuncyardError):
    """No such secret is kept, or it is disabled."""

    code = "secret-not-found"
    exit_code = REFUSED


class SecretElsewhereError(FuncyardError):
    """A reference names another store than the one it is looked up in."""

    code = "secret-elsewhere"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is kept, and under which name: what tables hold, as ``str(ref)``.

    Upper and lower case of a name mean the same.

    Attributes:
        store: One of ``STORES``.
        name: 1 to 127 letters, digits and hyphens.
    """

    store: str
    name: str

    def __post_init__(self) -> None:
        """Check what was given.

        Raises:
            SecretNameError: There is no such store, or the name can be none.
        """
        if self.store not in STORES or not _NAME.fullmatch(self.name):
            raise SecretNameError(
                f"{self.store}:{self.name} can be no secret",
                hint="1 to 127 letters, digits and hyphens",
            )

    def __str__(self) -> str:
        return f"{self.store}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> SecretRef:
        """Return the reference that a text is.

        Raises:
            SecretNameError: It is none.
        """
        store, _, name = text.partition(":")
        return cls(store, name)


class SecretStore(Protocol):
    """Keeps secrets. Open it with ``async with``.

    Every method raises an error of :mod:`funcyard.errors` where the store cannot be used.
    """

    async def __aenter__(self) -> Self:
        """Open it."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of it."""
        ...

    async def get(self, ref: SecretRef) -> str:
        """Return a secret's value.

        Raises:
            SecretNotFoundError: It is not there.
            SecretElsewhereError: The reference names another store.
        """
        ...

    async def set(self, name: str, value: str) -> SecretRef:
        """Keep a value under a name, in place of any that was there; return the reference.

        Raises:
            SecretNameError: The name can be none.
            SecretValueError: The value is empty or too large.
        """
        ...

    async def delete(self, ref: SecretRef) -> None:
        """Keep a secret no longer; one that is not there is no fault.

        Raises:
            SecretElsewhereError: The reference names another store.
        """
        ...

    async def check(self) -> str:
        """Return where secrets are kept, in words, having seen that they can be read."""
        ...


def check_value(value: str) -> str:
    """Return a value that can be kept.

    Raises:
        SecretValueError: It is empty, too large, or no text.
    """
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        size = 0
    if not 0 < size <= LARGEST_VALUE:
        raise SecretValueError(
            "the secret is empty, too large or no text", hint=f"1 to {LARGEST_VALUE} bytes of UTF-8"
        )
    return value


def check_store(ref: SecretRef, store: str) -> None:
    """Refuse a reference to another store.

    Raises:
        SecretElsewhereError: It is one.
    """
    if ref.store != store:
        raise SecretElsewhereError(
            f"{ref} is looked for in the {store} store",
            hint="set the secret again, or use the store that was used when it was set",
        )
