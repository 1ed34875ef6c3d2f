"""One execution in this process: its context, its folder, its function, its outcome.

The outcome says whether the process is clean: whether another execution may follow. It is not when
threads or child processes are left, or the code was ended by force or by the memory limit.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funcyard.workflows import sdk
from funcyard.workflows.worker.values import ResultError, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.workflows.declarations import DataProvider, Workflow
    from funcyard.workflows.wire import Message
    from funcyard.workflows.worker.discovery import Discovery

Outcome = dict[str, Any]


class Runner:
    """Runs executions of one snapshot, one after another.

    Args:
        discovery: The snapshot's functions.
        folder: The snapshot.
        longest_result: Bytes of a result.
    """

    def __init__(self, discovery: Discovery, folder: Path, longest_result: int) -> None:
        self._discovery = discovery
        self._folder = folder
        self._longest_result = longest_result
        self._home = Path.cwd()
        self._environment = dict(os.environ)
        self._threads = set(threading.enumerate())
        self._main = os.getpid()

    def run(self, message: Message, began: Callable[[sdk.Context], None]) -> Outcome:
        """Run what a message asks for and return the outcome.

        Args:
            message: Of type ``run``.
            began: Told the context, to cancel by, right before the function is called.
        """
        found = self._discovery.function(message["kind"], message["name"])
        if found is None:
            text = f"there is no {message['kind']} {message['name']} in this version"
            return {"ok": False, "error": _error("NotFound", text), "clean": True}
        declaration, function = found
        context = sdk.Context(message["context"], self._folder, logging.getLogger("workflow"))
        own = self._home / message["id"]
        own.mkdir()
        self._settle(own)
        token = sdk.current.set(context)
        outcome: Outcome = {"began": time.time()}
        clock = time.perf_counter()
        try:
            began(context)
            arguments = _arguments(function, declaration, message["parameters"], context)
            value = function(**arguments)
            if inspect.isawaitable(value):
                value = asyncio.run(_awaited(value))
            self._leave_if_forked()
            outcome |= {"ok": True, "value": to_json(value, self._longest_result), "clean": True}
        except BaseException as fault:  # noqa: BLE001 - sys.exit() ends an execution, not the worker
            self._leave_if_forked()
            outcome |= {"ok": False, "error": self._tell(fault)}
            outcome["clean"] = isinstance(fault, Exception) and not isinstance(fault, MemoryError)
        finally:
            sdk.current.reset(token)
        outcome["seconds"] = time.perf_counter() - clock
        outcome["errors"] = context.errors
        outcome["clean"] = outcome["clean"] and self._is_clean()
        self._settle(self._home)
        shutil.rmtree(own, ignore_errors=True)
        return outcome

    def _settle(self, folder: Path) -> None:
        """Undo what a former execution changed, and be at home in a folder."""
        os.environ.clear()
        os.environ.update(self._environment, TMPDIR=str(folder), HOME=str(folder))
        tempfile.tempdir = None
        os.chdir(folder)

    def _tell(self, fault: BaseException) -> dict[str, Any]:
        if isinstance(fault, ResultError):
            return _error(fault.kind, str(fault))
        told = self._discovery.teller.describe(fault)
        if isinstance(fault, MemoryError):
            told["kind"] = "MemoryLimit"
            told["message"] = told["message"] or "the execution needs more memory than it may have"
        return told

    def _leave_if_forked(self) -> None:
        """End a forked child that has returned from the function: the parent tells the outcome."""
        if os.getpid() != self._main:
            sys.stdout.flush()
            os._exit(0)

    def _is_clean(self) -> bool:
        if set(threading.enumerate()) - self._threads:
            return False
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return True
        return False


async def _awaited(value: Any) -> Any:  # noqa: ANN401 - whatever the user's function returns
    return await value


def _arguments(
    function: Callable[..., Any],
    declaration: Workflow | DataProvider,
    given: dict[str, Any],
    context: sdk.Context,
) -> dict[str, Any]:
    """Return what to call with: a default of the function's own is left to it."""
    arguments = dict(given)
    taken = inspect.signature(function).parameters
    for parameter in declaration.parameters:
        name = parameter.name
        if name not in arguments and (name not in taken or taken[name].default is inspect._empty):  # noqa: SLF001 - what signature() documents as Parameter.empty
            arguments[name] = None
    if declaration.place.wants_context:
        arguments["context"] = context
    return arguments


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"kind": kind, "message": message, "traceback": ""}
