"""One request to a data plane, and what it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.emulator.cosmos.data import errors
from funcyard.emulator.digits import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.cosmos.data.account import Account
    from funcyard.emulator.cosmos.store.records import Container, Database
    from funcyard.emulator.cosmos.store.store import Store
    from funcyard.emulator.http import Request

_INTENDED = "x-ms-cosmos-intended-collection-rid"


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose sender is known.

    Attributes:
        request: As it came.
        account: Whose data plane it came to.
        store: What that holds.
        clock: The time of the local Azure.
        names: What its address names, the outermost first.
    """

    request: Request
    account: Account
    store: Store
    clock: Clock
    names: tuple[str, ...]

    def header(self, name: str) -> str:
        """Return a header, empty where it is not there."""
        return self.request.headers.get(name, "")

    def says(self, name: str) -> bool:
        """Whether a header says yes."""
        return self.header(name).lower() == "true"

    @property
    def now(self) -> int:
        """The time of day, in whole seconds."""
        return int(self.clock.time())

    def database(self) -> Database:
        """Return the database that it names.

        Raises:
            DataError: It is not there.
        """
        found = self.store.database(self.names[0])
        if found is None:
            raise errors.not_found() if len(self.names) == 1 else errors.owner_not_found()
        return found

    def container(self) -> Container:
        """Return the container that it names.

        Raises:
            DataError: It is not there, or another one than its client means.
        """
        found = self.store.container(self.database(), self.names[1])
        if found is None:
            raise errors.not_found()
        intended = self.header(_INTENDED)
        if intended and intended != found.rid:
            raise errors.other_container(found.id)
        return found

    def number(self, name: str, otherwise: int) -> int:
        """Return a number that a header holds.

        Raises:
            DataError: It is none of at least 1; -1 stands for what is usual.
        """
        text = self.header(name)
        if text in {"", "-1"}:
            return otherwise
        found = whole_number(text)
        if not found:
            raise errors.bad(f"The header {name} holds {text[:40]!r} and no number.")
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered.

    Attributes:
        status: Of HTTP.
        body: JSON; None for none.
        charge: In request units, about what Azure charges.
        headers: Beside those that all have.
    """

    status: int
    body: Any = None
    charge: float = 1.0
    headers: Mapping[str, str] | None = None
