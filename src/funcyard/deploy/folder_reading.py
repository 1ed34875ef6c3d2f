"""Reads the state that ``folder`` keeps: what stood, and the entries since, if they are whole.

A line that a kill or a power cut tore is the last one, and what it was to announce was not done.
Entries that the state tells already, since a kill came between, are passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.deploy import entries
from funcyard.deploy.records import State
from funcyard.deploy.sealing import Seal
from funcyard.deploy.store import StateDamagedError

if TYPE_CHECKING:
    from pathlib import Path

STATE: Final = "state.json"
JOURNAL: Final = "journal.jsonl"
KEY: Final = "key"
KEY_BYTES: Final = 32


def load(folder: Path, stack: str) -> tuple[State, int]:
    """Return the state and how many bytes of the journal are whole.

    The journal is read before the state, so that a deployment which puts one into the other between
    the two readings leaves a state that is whole.

    Raises:
        StateDamagedError: One cannot be read, or they are another stack's.
    """
    try:
        journal = _read(folder / JOURNAL)
        snapshot = _read(folder / STATE)
        state = State.from_json(snapshot.decode()) if snapshot else State(stack)
    except (OSError, ValueError) as fault:
        raise StateDamagedError(
            f"the state in {folder} cannot be read: {_first_line(fault)}",
            hint="it was damaged, or written by a newer Funcyard; restore it from a copy",
        ) from fault
    if state.stack != stack:
        raise StateDamagedError(
            f"the state in {folder} is that of the stack {state.stack}, not of {stack}",
            hint="give each stack a folder of its own",
        )
    whole = 0
    lines = journal.splitlines(keepends=True)
    for place, line in enumerate(lines):
        try:
            number, entry = _entry(line)
            if number > state.sequence:
                state = entries.after(state, number, entry)
        except (ValueError, KeyError) as fault:
            if place == len(lines) - 1:
                break
            raise StateDamagedError(
                f"{folder / JOURNAL}, line {place + 1}: {_first_line(fault)}",
                hint="restore the folder from a copy",
            ) from fault
        whole += len(line)
    return state, whole


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def seal_of(folder: Path) -> Seal | None:
    """Return what hashes the secrets of a state; None where its key is not there or spoiled."""
    try:
        key = bytes.fromhex((folder / KEY).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return Seal(key) if len(key) == KEY_BYTES else None


def _entry(line: bytes) -> tuple[int, entries.Entry]:
    if not line.endswith(b"\n"):
        raise ValueError("the line has no end")
    return entries.read(line.decode())


def _first_line(fault: Exception) -> str:
    return str(fault).splitlines()[0] if str(fault) else type(fault).__name__
