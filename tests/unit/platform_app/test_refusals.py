"""What an API answers for each error: none that a person can meet is an internal one unforeseen."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import funcyard
from funcyard.errors import FuncyardError
from funcyard.workspace.versions.lease import LeaseLostError

APP = Path(__file__).parents[3] / "workflows"

if TYPE_CHECKING:
    import refusals
else:
    sys.path.insert(0, str(APP))  # as the Functions worker has it
    try:
        import refusals
    finally:
        sys.path.remove(str(APP))

_ROOMS = ("access", "azure", "workflows", "workspace")
_OURS = {
    # What storage holds was changed by something else.
    "ConnectionRowError", "ContentDamagedError", "LedgerError", "ManifestError",
    # The settings name another store of secrets than those that made the references.
    "SecretElsewhereError",
    # Of syncs, which nobody waits for, and of the command line.
    "ApiRefusedError", "ApiTimeoutError", "ApiUnreachableError", "InternalError",
    "NotConnectedError", "StoppedError", "TakenOverError", "TornArchiveError", "WorkerDiedError",
}  # fmt: skip


def _kinds(kind: type[FuncyardError]) -> Iterator[type[FuncyardError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


def test_every_error_that_is_answered_as_internal_is_one_that_was_thought_of() -> None:
    rooms = tuple(f"funcyard.{room}" for room in _ROOMS)
    for package in rooms:
        folder = [str(Path(funcyard.__file__).parent / package.rpartition(".")[2])]
        for module in pkgutil.walk_packages(folder, f"{package}."):
            if ".worker." not in module.name:  # runs in a process of its own
                importlib.import_module(module.name)
    internal = {
        kind.__name__
        for kind in _kinds(FuncyardError)
        if kind.__module__.startswith(rooms)
        and refusals.status_of(kind.__new__(kind))[0] == HTTPStatus.INTERNAL_SERVER_ERROR
    }
    assert internal == _OURS


def test_a_lease_that_was_lost_can_be_tried_again() -> None:
    assert refusals.status_of(LeaseLostError("lost")) == (503, "WorkspaceBusy")
