"""What the runner of an app is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from funcyard.host.keys import KeysFile
    from funcyard.host.storage import StorageAccounts


@dataclass(frozen=True, slots=True)
class RunnerConfig:
    """What a runner is given.

    Attributes:
        name: The app's name.
        directory: Its folder.
        host_id: Identifies it in storage.
        settings: Its settings, resolved; they become the worker's environment.
        keys: Gives the access keys of functions and the system keys of those names, where keys
            are enforced.
        storage: Clients for its settings.
    """

    name: str
    directory: Path
    host_id: str
    settings: Mapping[str, str]
    keys: Callable[[list[str], list[str]], KeysFile] | None
    storage: StorageAccounts
