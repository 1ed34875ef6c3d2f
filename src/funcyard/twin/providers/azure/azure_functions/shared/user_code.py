"""Code of the twin's owner: a folder with a ``process.py`` that defines ``process(event)``.

It runs in a thread, so that what waits in it holds up nobody else. A folder is a package of its
own: ``process.py`` may import what lies beside it by ``from . import NAME``.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import types
from typing import TYPE_CHECKING, Any

from .faults import UnknownError, UserCodeError
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LOGGER = logger("user-code")


async def run_user_code(folder: Path, event: dict[str, Any]) -> object:
    """Hand an event to the code in a folder; return what that returns.

    Raises:
        UnknownError: There is no such folder.
        UserCodeError: It cannot be loaded, or fails; the log has its traceback.
    """
    if not (folder / "process.py").is_file():
        raise UnknownError("there is no code of that name")
    try:
        return await asyncio.to_thread(lambda: _process_of(folder)(event))
    except (Exception, SystemExit):  # what ends a script must not end whoever runs it
        _LOGGER.exception("the code in %s failed", folder.name)
        raise UserCodeError(f"the code of {folder.name} failed; the log says why") from None


def _process_of(folder: Path) -> Callable[[dict[str, Any]], object]:
    package = f"twin_{folder.parent.name}_{folder.name}".replace("-", "_h_")
    if package not in sys.modules:
        made = types.ModuleType(package)
        made.__path__ = [str(folder)]
        sys.modules[package] = made
    process: Callable[[dict[str, Any]], object] = importlib.import_module(
        f"{package}.process"
    ).process
    return process
