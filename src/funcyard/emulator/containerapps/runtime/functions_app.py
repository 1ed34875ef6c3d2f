"""A container whose image is a function app: what the Functions host needs to run it."""

from __future__ import annotations

import asyncio
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps.runtime.host_keys import write_keys
from funcyard.emulator.containerapps.runtime.launching import functions_launch
from funcyard.emulator.containerapps.runtime.process import Launch, LaunchError
from funcyard.emulator.web.building import BROUGHT, build, environment_of
from funcyard.emulator.web.package import PackageError

if TYPE_CHECKING:
    from collections.abc import Callable

_LIBRARY: Final = "azure.functions"


async def host_launch(
    launch: Launch,
    app: Path,
    name: str,
    keys: Path,
    environments: Path,
    printed: Callable[[str, str], None],
) -> Launch:
    """Return how the Functions host runs an app.

    Args:
        launch: What a command of the container would find.
        app: Folder of the app.
        name: Of it, where its environment says nothing.
        keys: Where the file of its keys is to be.
        environments: Where environments of requirements are kept.
        printed: Takes stream and text of what the host says before it starts.

    Raises:
        LaunchError: Its packages cannot be installed, or its keys not be written.
    """
    environment = dict(launch.environment)
    interpreter = Path(sys.executable)
    try:
        if await asyncio.to_thread((app / BROUGHT).is_dir):
            environment["PYTHONPATH"] = str(app / BROUGHT)
        elif (app / "requirements.txt").is_file() or find_spec(_LIBRARY) is None:
            made = environment_of(app, environments)
            await build(app, made)
            interpreter = made / "bin" / "python"
        wrong = await asyncio.to_thread(write_keys, keys, environment, name)
    except (PackageError, OSError) as fault:
        raise LaunchError(getattr(fault, "message", str(fault))) from fault
    if wrong:
        printed("stdout", "fail: Host.Startup[0]")
        printed("stdout", f"      {wrong}")
    launch = Launch(launch.command, launch.folder, launch.memory, environment)
    return functions_launch(launch, app, keys, interpreter)
