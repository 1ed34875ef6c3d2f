"""Reads the state that ``folder`` keeps: what stood, and the entries since, if they are whole.

A line that a kill or a power cut tore is the last one, and what it was to announce was not done.
Entries that the state tells already, since a kill came between, are passed over.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from funcyard.deploy import entries
from funcyard.deploy.records import State
from funcyard.deploy.sealing import Seal
from funcyard.deploy.store import OtherStackError, StateDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STATE: Final = "state.json"
JOURNAL: Final = "journal.jsonl"
KEY: Final = "key"
KEY_BYTES: Final = 32
_HINT: Final = (
    "it was damaged, or written by a newer Funcyard: use that one, or restore a copy of it"
)


def load(folder: Path, stack: str) -> tuple[State, int]:
    """Return the state and how many bytes of the journal are whole.

    The journal is read before the state, so that a deployment which puts one into the other between
    the two readings leaves a state that is whole. Where a stack of another name left nothing, its
    folder is free.

    Raises:
        StateDamagedError: One cannot be read.
        OtherStackError: They tell of another stack.
    """
    with _told_where_damaged(folder):
        journal = _read(folder / JOURNAL)
    state = _snapshot(folder) or State(stack)
    whole = 0
    lines = journal.splitlines(keepends=True)
    for place, line in enumerate(lines):
        try:
            number, entry = _entry(line)
            if number > state.sequence:
                state = entries.after(state, number, entry)
        except (ValueError, KeyError) as fault:
            if place == len(lines) - 1 and not _is_whole(line):
                break
            raise StateDamagedError(
                f"{folder / JOURNAL}, line {place + 1}: {_told(fault)}", hint=_HINT
            ) from fault
        whole += len(line)
    if state.stack == stack:
        return state, whole
    if state.records or state.unended:
        raise OtherStackError(
            f"{state.stack} is deployed by the state in {folder}, and this is {stack}",
            hint=f"take {state.stack} away first, which goes by the state alone, or give the name"
            f" {state.stack} back",
        )
    return dataclasses.replace(state, stack=stack), whole


def stack_of(folder: Path) -> str | None:
    """Return the name of the stack that a state tells of; None where it names none yet.

    Raises:
        StateDamagedError: It cannot be read.
    """
    snapshot = _snapshot(folder)
    return snapshot.stack if snapshot else None


def _snapshot(folder: Path) -> State | None:
    with _told_where_damaged(folder):
        snapshot = _read(folder / STATE)
        return State.from_json(snapshot.decode()) if snapshot else None


@contextlib.contextmanager
def _told_where_damaged(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as fault:
        raise StateDamagedError(
            f"the state in {folder} cannot be read: {_told(fault)}", hint=_HINT
        ) from fault


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def seal_of(folder: Path) -> Seal | None:
    """Return what hashes the secrets of a state; None where its key is not there or spoiled.

    Raises:
        StateDamagedError: It is there and cannot be read: another must not take its place.
    """
    with _told_where_damaged(folder):
        written = _read(folder / KEY)
    try:
        key = bytes.fromhex(written.decode("ascii"))
    except ValueError:
        return None
    return Seal(key) if len(key) == KEY_BYTES else None


def _entry(line: bytes) -> tuple[int, entries.Entry]:
    if not line.endswith(b"\n"):
        raise ValueError("the line has no end")
    return entries.read(line.decode())


def _is_whole(line: bytes) -> bool:
    """Whether a line came whole: what it means may be known to another version only."""
    try:
        return isinstance(json.loads(line), dict) and line.endswith(b"\n")
    except ValueError:
        return False


def _told(fault: Exception) -> str:
    if isinstance(fault, ValidationError):
        first = fault.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
    return str(fault).splitlines()[0] if str(fault) else type(fault).__name__
