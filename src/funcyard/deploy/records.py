"""What is kept of each resource between runs: a :class:`Record`, all of them a :class:`State`."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  read when records are validated
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final, Self

from pydantic import ConfigDict, JsonValue, TypeAdapter

if TYPE_CHECKING:
    from funcyard.deploy.refs import Json


KNOWN: Final = ConfigDict(extra="forbid")
"""What a newer Funcyard has written beside what is known here means something: nothing is lost."""


class Deed(StrEnum):
    """A call that changes something."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Pending:
    """A call that was announced, and of which nobody knows that it was carried out.

    Attributes:
        deed: What it does.
        inputs: The properties that it writes, secrets sealed; empty where it deletes.
        failure: What it ended with, None where the run was killed or goes on.
    """

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    deed: Deed
    inputs: Mapping[str, JsonValue]
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a resource.

    Attributes:
        address: Its name in the graph.
        kind: Its type, by which it is rebuilt.
        identity: What the cloud knows it by.
        depends_on: Addresses of what it needed when it was written.
        revision: Changes with every call that writes it.
        made: Whether it surely was made, or taken over.
        inputs: The properties that were surely written, secrets sealed.
        outputs: What it gave others.
        pending: A call whose outcome is not known.
    """

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    address: str
    kind: str
    identity: str
    depends_on: tuple[str, ...]
    revision: str
    made: bool = False
    inputs: Mapping[str, JsonValue] = field(default_factory=dict)
    outputs: Mapping[str, JsonValue] = field(default_factory=dict)
    pending: Pending | None = None

    @property
    def known_inputs(self) -> dict[str, Json]:
        """Every property that was, or may have been, written."""
        pending = self.pending.inputs if self.pending else {}
        return _merged(dict(self.inputs), dict(pending))


@dataclass(frozen=True, slots=True)
class Unended:
    """A run that did not come to its end.

    Attributes:
        verb: What it is about: ``deploy`` or ``destroy``.
        addresses: Of what it is about; None for the whole stack.
        adopt: Addresses of resources that it may take over from another owner.
    """

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    verb: str
    addresses: tuple[str, ...] | None = None
    adopt: tuple[str, ...] = ()

    def makes_up_for(self, earlier: Unended) -> bool:
        """Tell whether nothing of an earlier run is left to be done once this one has ended.

        Of what was deployed and what is taken away, or the reverse, the later one is meant.
        """
        if self.verb != "deploy" or earlier.verb != "deploy" or self.addresses is None:
            return True
        return earlier.addresses is not None and set(earlier.addresses) <= set(self.addresses)


@dataclass(frozen=True, slots=True)
class State:
    """What a stack consists of, as far as is known.

    Attributes:
        stack: Its name.
        sequence: Number of the last entry of the journal that is told here.
        records: By identity.
        unended: The last run that did not come to its end, where nothing has made up for it.
        earlier: Those before it of which the same is true, the latest first.
    """

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    stack: str
    sequence: int = 0
    records: Mapping[str, Record] = field(default_factory=dict)
    unended: Unended | None = None
    earlier: tuple[Unended, ...] = ()

    def of_address(self, address: str) -> Record | None:
        """Return the record of an address, the one of the newest revision where there are two."""
        found = [record for record in self.records.values() if record.address == address]
        return max(found, key=lambda record: int(record.revision), default=None)

    def as_json(self) -> str:
        """Return it as text."""
        return _STATE.dump_json(self, indent=1).decode() + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what :meth:`as_json` wrote.

        Raises:
            ValueError: It is something else.
        """
        state = _STATE.validate_json(text)
        if not isinstance(state, cls):
            raise TypeError(cls)
        return state


def _merged(first: dict[str, Json], second: dict[str, Json]) -> dict[str, Json]:
    merged = {**first, **second}
    for name in first.keys() & second.keys():
        one, other = first[name], second[name]
        if isinstance(one, dict) and isinstance(other, dict):
            merged[name] = _merged(one, other)
    return merged


_STATE: TypeAdapter[State] = TypeAdapter(State)
