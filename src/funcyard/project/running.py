"""From a project on the disk to what the local host is asked to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UsageError, UserError
from funcyard.host.plan import AppPlan, ProjectPlan, StoragePlan
from funcyard.project import names
from funcyard.project.dependencies import local_package_folders, locked_requirements
from funcyard.project.names import ENV_FILE
from funcyard.project.place import shown
from funcyard.project.ports import HIGHEST_PORT, PortsError, debug_ports, parse_port
from funcyard.project.setting_overrides import app_settings
from funcyard.project.tree import CannotWriteError
from funcyard.settings import SettingsError, merge, read_env_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.project.spec import FunctionApp, Spec

STATE = ".funcyard/run"
"""What the host keeps between runs, relative to the project; not for Git."""


class NoSuchAppError(UsageError):
    """The spec has no app of that name."""

    code = "no-such-app"


class NoKeyError(UserError):
    """The storage emulator has no account key."""

    code = "no-key"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a person asks of one run.

    Attributes:
        only: Names of the apps to run; empty for all.
        port_offset: Added to every port.
        address: Where apps listen.
        enforce_keys: Enforce access keys on loopback too.
        interpreter: Python for every app instead of environments.
        install: Whether missing packages are installed.
        process: The process's environment.
    """

    process: Mapping[str, str]
    only: tuple[str, ...] = ()
    port_offset: int = 0
    address: str = "127.0.0.1"
    enforce_keys: bool = False
    interpreter: Path | None = None
    install: bool = True


def state_folder(root: Path) -> Path:
    """Return the host's state folder of a project."""
    return root / STATE


def plan_run(root: Path, spec: Spec, options: RunOptions) -> ProjectPlan:
    """Return what the host shall run.

    Args:
        root: The project's folder, absolute.
        spec: Its spec, complete.
        options: What the person asked for.

    Raises:
        NoSuchAppError: An app was asked for that the spec does not have.
        SettingsError: A settings file is wrong, or a port in it is none.
        PortsError: The offset leads beyond the last port.
        NoKeyError: No setting holds the storage emulator's key.
        DependencyError: An app's lock cannot be read.
        CannotWriteError: The folder for the host's state cannot be made.
    """
    env = read_env_file(root / ENV_FILE)
    settings = merge(options.process, env)
    known = {app.name: app for app in spec.function_apps}
    for name in options.only:
        if name not in known:
            raise NoSuchAppError(
                f"there is no app {name!r} in this project",
                hint=f"there are: {', '.join(known)}",
            )
    state = prepare_state(root)
    debuggers = debug_ports(spec)
    packages = local_package_folders(spec, root)
    installs = options.install and options.interpreter is None

    def plan_app(app: FunctionApp) -> AppPlan:
        folder = root / "functions" / app.name
        return AppPlan(
            name=app.name,
            directory=folder,
            port=_port(settings, names.host_port_variable(app.name), app.port, options.port_offset),
            python=spec.runtime.version,
            host_id=names.host_id(spec.project_name, app.name),
            url_variable=names.url_variable(app.name),
            debug_port=_port(
                settings,
                names.debug_port_variable(app.name),
                debuggers[app.name],
                options.port_offset,
            ),
            requirements=(locked_requirements(folder, spec.dependency_manager) if installs else ""),
            packages=packages,
            settings=app_settings(root, spec, app.name),
        )

    chosen = [app for name, app in known.items() if not options.only or name in options.only]
    storage = spec.storage
    return ProjectPlan(
        name=spec.project_name,
        root=root,
        state=state,
        apps=tuple(plan_app(app) for app in chosen),
        storage=StoragePlan(
            directory=state / "azurite",
            key=account_key(settings),
            ports=azurite_ports(settings, offset=options.port_offset),
            containers=tuple(item.name for item in storage.blob_containers),
            queues=tuple(item.name for item in storage.queues),
            tables=tuple(item.name for item in storage.tables),
        ),
        settings=env,
        process=options.process,
        address=options.address,
        enforce_keys=options.enforce_keys,
        interpreter=options.interpreter,
        install=options.install,
    )


def prepare_state(root: Path) -> Path:
    """Make the host's state folder, private and ignored by Git, and return it.

    Raises:
        CannotWriteError: It cannot be made or written to.
    """
    state = state_folder(root)
    ignore = state / ".gitignore"
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as fault:
        raise CannotWriteError(f"{state} cannot be written to: {fault.strerror}") from fault
    return state


def account_key(settings: Mapping[str, str]) -> str:
    """Return the storage emulator's key.

    Raises:
        NoKeyError: No setting holds it.
    """
    if not (key := settings.get(names.KEY_VARIABLE)):
        raise NoKeyError(
            f"{names.KEY_VARIABLE} is not set in {ENV_FILE}",
            hint="funcyard update makes the file, funcyard key rotate puts a new key into it",
        )
    return key


def azurite_ports(settings: Mapping[str, str], *, offset: int = 0) -> tuple[int, int, int]:
    """Return the ports that settings give the storage emulator: blob, queue, table.

    Raises:
        SettingsError: One is no port.
        PortsError: The offset leads beyond the last port.
    """
    blob, queue, table = (
        _port(settings, variable, default, offset)
        for variable, default in names.AZURITE_PORTS.values()
    )
    return blob, queue, table


def _port(settings: Mapping[str, str], variable: str, default: int, offset: int) -> int:
    text = settings.get(variable, "")
    port = parse_port(text) if text else default
    if port is None:
        said = f"{variable} is {shown(text)}: not a port"
        raise SettingsError(said, hint=f"set it in {ENV_FILE}")
    if port + offset > HIGHEST_PORT:
        raise PortsError(
            f"{variable} is {port}: an offset of {offset} leads beyond {HIGHEST_PORT}",
            hint=f"take one of {HIGHEST_PORT - port} at most",
        )
    return port + offset
