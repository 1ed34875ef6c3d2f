"""How other tools reach a project's storage emulator: its connection string, key included.

Core Tools and Storage Explorer take ``UseDevelopmentStorage=true`` for an emulator with the
well-known key; a project's emulator has a key of its own, so they need the whole string.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from funcyard.host.client import NotRunningError, ask
from funcyard.project import names
from funcyard.project.root import state_folder
from funcyard.project.run_settings import RunSettings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LOOPBACK = "127.0.0.1"


def storage_connection(root: Path, process: Mapping[str, str]) -> str:
    """Return the connection string of a project's storage emulator. It holds the key.

    While the project is up, the ports are those that it really has; else those of the settings.

    Args:
        root: The project's folder.
        process: The process's environment, which wins over ``.env.local``.

    Raises:
        NoKeyError: No setting holds the key.
        SettingsError: ``.env.local`` is wrong, or a port in it is none.
    """
    settings = RunSettings(root, process)
    settings.check()
    try:
        (status,) = ask(state_folder(root), op="status")
        places = (urlsplit(status["storage"][service]) for service in names.AZURITE_PORTS)
        blob, queue, table = (int(place.port or 0) for place in places)
    except NotRunningError:
        blob, queue, table = settings.azurite_ports()
        settings.check()
    return names.connection_string(settings.key, host=_LOOPBACK, ports=(blob, queue, table))
