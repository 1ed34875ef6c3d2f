"""What the host is asked to run: paths, ports, settings and storage, resolved by the caller.

The host knows nothing of specs or blueprints; whoever reads those makes one of these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class AppPlan:
    """One function app.

    Attributes:
        name: Its name in the project.
        directory: Where host.json and the functions lie.
        port: The wanted port; another free one is taken and said when it is busy, 0 for any.
        python: Version that the app asks for, such as ``3.11``.
        host_id: Identifies it in storage, unless a setting says otherwise.
        url_variable: Setting that tells the other apps its base URL.
        debug_port: Where its debugger listens when ENABLE_DEBUGGING is set.
        requirements: Lines that pip installs, hashed where the lock has hashes.
        packages: Local packages to install editable; a change in one reloads the app.
        settings: From the app's local.settings.json, and what is set where nothing else sets it.
        bindings: Types of bindings that its functions are expected to have, as in function.json;
            what those want is got ready while the emulator starts.
    """

    name: str
    directory: Path
    port: int
    python: str
    host_id: str
    url_variable: str
    debug_port: int
    requirements: str = ""
    packages: tuple[Path, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    bindings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoragePlan:
    """The emulator and what it shall hold.

    Attributes:
        directory: Where the emulator keeps its data.
        key: Account key, base64.
        ports: Wanted ports of blob, queue and table.
        containers: Blob containers to create.
        queues: Queues to create.
        tables: Tables to create.
    """

    directory: Path
    key: str
    ports: tuple[int, int, int] = (10000, 10001, 10002)
    containers: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """A project to run.

    Attributes:
        name: The project's name.
        root: Its folder.
        state: Folder for what the host keeps between runs: keys, records, the lock.
        apps: The apps to run.
        storage: The emulator.
        settings: From ``.env.local``.
        process: The process's environment, which wins over every file.
        address: Where apps listen; anything but loopback enforces access keys.
        enforce_keys: Enforce access keys on loopback too.
        interpreter: Python for every app instead of an environment of its own.
        install: Whether missing packages are installed.
        emulator: Path of the emulator's program, where the caller was told one.
    """

    name: str
    root: Path
    state: Path
    apps: tuple[AppPlan, ...]
    storage: StoragePlan
    settings: Mapping[str, str]
    process: Mapping[str, str]
    address: str = "127.0.0.1"
    enforce_keys: bool = False
    interpreter: Path | None = None
    install: bool = True
    emulator: str | None = None
