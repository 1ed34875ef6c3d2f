"""Entries of the journal, and how each changes the state: the state is the sum of its entries.

Before a call goes out, :class:`Intended` says so; :class:`Done` or :class:`Failed` says how it
ended. What has neither is pending; so is what failed and may have been done.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping  # noqa: TC003  read when entries are validated
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import ConfigDict, Field, JsonValue, TypeAdapter

from funcyard.deploy.records import KNOWN, Deed, Pending, Record, State, Unended


@dataclass(frozen=True, slots=True)
class Began:
    """A run began.

    Attributes:
        run: What it is about.
    """

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    run: Unended
    entry: Literal["began"] = "began"


@dataclass(frozen=True, slots=True)
class Ended:
    """The last run came to its end, and nothing of it is left to be done."""

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    entry: Literal["ended"] = "ended"


@dataclass(frozen=True, slots=True)
class Intended:
    """A call is about to be made.

    Attributes:
        identity: Whose.
        address: The resource's name in the graph.
        kind: Its type.
        depends_on: Addresses of what it needs.
        deed: What the call does.
        inputs: The properties that it writes, secrets sealed.
    """

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    identity: str
    address: str
    kind: str
    depends_on: tuple[str, ...]
    deed: Deed
    inputs: Mapping[str, JsonValue] = field(default_factory=dict)
    entry: Literal["intended"] = "intended"


@dataclass(frozen=True, slots=True)
class Done:
    """A call did what was intended, and the resource is ready, or gone.

    Attributes:
        identity: Whose.
        outputs: What the resource gives others.
    """

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    identity: str
    outputs: Mapping[str, JsonValue] = field(default_factory=dict)
    entry: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Failed:
    """A call failed.

    Attributes:
        identity: Whose.
        failure: What was told.
        harmless: Whether it surely changed nothing.
    """

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    identity: str
    failure: str
    harmless: bool
    entry: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was found is as it is wanted: a record without a call, its revision set if empty."""

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    record: Record
    entry: Literal["kept"] = "kept"


@dataclass(frozen=True, slots=True)
class Gone:
    """A resource is not there any more, or not ours any more.

    Attributes:
        identity: Whose record goes.
    """

    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    identity: str
    entry: Literal["gone"] = "gone"


Entry: TypeAlias = Annotated[
    Began | Ended | Intended | Done | Failed | Kept | Gone, Field(discriminator="entry")
]


def spelled(number: int, entry: Entry) -> str:
    """Return an entry as a line of the journal."""
    return _LINE.dump_json(_Line(number, entry)).decode() + "\n"


def read(line: str) -> tuple[int, Entry]:
    """Return the number and the entry of a line.

    Raises:
        ValueError: The line is torn, or something else.
    """
    found = _LINE.validate_json(line)
    return found.n, found.entry


def after(state: State, number: int, entry: Entry) -> State:
    """Return what a state becomes by an entry of a number."""
    records = dict(state.records)
    left = (state.unended, *state.earlier) if state.unended is not None else ()
    match entry:
        case Began():
            left = (entry.run, *(one for one in left if not entry.run.makes_up_for(one)))
        case Ended():
            left = left[1:]
        case Intended():
            records[entry.identity] = _intended(records.get(entry.identity), number, entry)
        case Done() | Failed():
            changed = _concluded(records[entry.identity], entry)
            if changed is None:
                del records[entry.identity]
            else:
                records[entry.identity] = changed
        case Kept():
            revision = entry.record.revision or str(number)
            records[entry.record.identity] = dataclasses.replace(entry.record, revision=revision)
        case Gone():
            records.pop(entry.identity, None)
    return dataclasses.replace(
        state,
        sequence=number,
        records=records,
        unended=left[0] if left else None,
        earlier=left[1:],
    )


def _intended(record: Record | None, number: int, entry: Intended) -> Record:
    pending = Pending(entry.deed, entry.inputs)
    if record is None:
        return Record(
            entry.address,
            entry.kind,
            entry.identity,
            entry.depends_on,
            revision=str(number),
            pending=pending,
        )
    # What an earlier call may have written may still be there.
    return dataclasses.replace(
        record,
        address=entry.address,
        depends_on=entry.depends_on,
        revision=record.revision if entry.deed is Deed.DELETE else str(number),
        inputs=record.known_inputs if record.pending else record.inputs,
        pending=pending,
    )


def _concluded(record: Record, entry: Done | Failed) -> Record | None:
    pending = record.pending
    if isinstance(entry, Failed):
        if pending is None or not entry.harmless:
            kept = dataclasses.replace(pending, failure=entry.failure) if pending else None
            return dataclasses.replace(record, pending=kept)
        return dataclasses.replace(record, pending=None) if record.made else None
    if pending is None or pending.deed is Deed.DELETE:
        return None
    return dataclasses.replace(
        record, made=True, inputs=pending.inputs, outputs=entry.outputs, pending=None
    )


@dataclass(frozen=True, slots=True)
class _Line:
    __pydantic_config__: ClassVar[ConfigDict] = KNOWN

    n: int
    entry: Entry


_LINE: TypeAdapter[_Line] = TypeAdapter(_Line)
