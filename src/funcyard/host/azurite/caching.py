"""Makes the module cache of an installed Azurite: what it loads, in one file, compiled.

An Azurite loads some 1,500 modules before it listens. ``azurite/records_modules.cjs`` writes what
one loads into a file beside them when that one ends, and ``azurite/loads_cached.cjs`` has every
later one take it from there. A cache serves one installation and one version of Node.js; without
one that serves, Azurite starts as npm installed it.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from funcyard.azurite.errors import AzuriteStartError
from funcyard.azurite.launching import MODULE_CACHE, RECORDS_MODULES, SERVICES, Program, launch
from funcyard.azurite.listening import Output
from funcyard.errors import UserError
from funcyard.host.azurite.install import alone
from funcyard.host.azurite.locate import NodeTooOldError, find_node

if TYPE_CHECKING:
    from collections.abc import Callable

_MAIN: Final = "azurite/dist/src/azurite.js"
_KEY: Final = "bm9ib2R5IGFza3MgdGhpcyBvbmU="
_SECONDS: Final = 60.0
_CANNOT: Final = 2


def has_cache(node: Path, modules: Path) -> bool:
    """Tell whether a ``node_modules`` holds a whole cache for this Node.js.

    Args:
        node: The Node.js executable.
        modules: The folder that npm installed Azurite into.

    Raises:
        NodeTooOldError: This Node.js can have none.
    """
    asked = subprocess.run(  # noqa: S603 - the person's own node
        [node, MODULE_CACHE, modules.resolve()], check=False, timeout=_SECONDS
    )
    if asked.returncode == _CANNOT:
        raise NodeTooOldError("it takes Node.js 20.12 to keep what it loads")
    return asked.returncode == 0


def cache_modules(folder: Path, *, search_path: str, progress: Callable[[str], None]) -> bool:
    """Make the module cache of ``folder/node_modules`` where there is none that serves.

    Where that fails Azurite works as well, only starts slower: it is told, and nothing is raised.

    Args:
        folder: Where Azurite was installed.
        search_path: The value of ``PATH``, where Node.js is looked for.
        progress: Told what is done, a line at a time.

    Returns:
        Whether one was made.
    """
    modules = folder / "node_modules"
    try:
        node = find_node(search_path)
        if has_cache(node, modules):
            return False
        with alone(folder, progress) as lock:
            if has_cache(node, modules):
                return False
            progress("starting Azurite once, so that it starts quickly from now on")
            asyncio.run(_record(Program(node, modules / _MAIN), lock))
            made = has_cache(node, modules)
    except (AzuriteStartError, UserError, OSError, subprocess.TimeoutExpired) as fault:
        progress(f"Azurite will start slowly: {fault}")
        return False
    if not made:
        progress(f"Azurite will start slowly: what it loads cannot be kept in {modules}")
    return made


async def _record(program: Program, lock: int) -> None:
    """Start an Azurite on data of its own, and end it, upon which the cache is written.

    It holds the lock, too: whoever ends it, nobody else writes before it has.
    """
    with tempfile.TemporaryDirectory(prefix="funcyard-azurite-") as location:
        process = await launch(
            program,
            account="nobody",
            keys=(_KEY,),
            location=Path(location),
            ports=dict.fromkeys(SERVICES, 0),
            preloads=(RECORDS_MODULES,),
            exits_with_parent=True,
            pass_fds=(lock,),
        )
        output = Output(process)
        listens = False
        try:
            listens = await output.listens(_SECONDS)
            if listens:
                process.terminate()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_SECONDS):
                        await output.ended()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if not listens:
        raise output.failure("Azurite")
