"""From a project on the disk to what the local host is asked to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.functions.model import TRIGGER_SUFFIX
from funcyard.host.plan import AppPlan, ProjectPlan, StoragePlan
from funcyard.project import names
from funcyard.project.dependencies import local_package_folders, locked_requirements
from funcyard.project.ports import debug_ports
from funcyard.project.root import state_folder
from funcyard.project.run_settings import RunSettings
from funcyard.project.setting_overrides import app_settings
from funcyard.project.tree import CannotWriteError
from funcyard.settings import SettingsFaults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.project.spec import FunctionApp, Spec


class NoSuchAppError(UsageError):
    """The spec has no app of that name."""

    code = "no-such-app"


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


def plan_run(root: Path, spec: Spec, options: RunOptions) -> ProjectPlan:
    """Return what the host shall run.

    Args:
        root: The project's folder, absolute.
        spec: Its spec, complete.
        options: What the person asked for.

    Raises:
        NoSuchAppError: An app was asked for that the spec does not have.
        SettingsError: Settings files are wrong, or ports that they set are none; all of it.
        PortsError: The offset leads beyond the last port.
        NoKeyError: No setting holds the storage emulator's key.
        DependencyError: An app's lock cannot be read.
        CannotWriteError: The folder for the host's state cannot be made.
    """
    known = {app.name: app for app in spec.function_apps}
    for name in options.only:
        if name not in known:
            raise NoSuchAppError(
                f"there is no app {name!r} in this project",
                hint=f"there are: {', '.join(known)}",
            )
    chosen = [app for name, app in known.items() if not options.only or name in options.only]
    settings = RunSettings(root, options.process)
    debuggers, offset = debug_ports(spec), options.port_offset
    azurite_ports = settings.azurite_ports(offset=offset)
    ports: dict[str, tuple[int, int]] = {}
    own: dict[str, dict[str, str]] = {}
    faults = SettingsFaults()
    for app in chosen:
        name = app.name
        ports[name] = (
            settings.port(names.host_port_variable(name), app.port, offset=offset),
            settings.port(names.debug_port_variable(name), debuggers[name], offset=offset),
        )
        with faults.kept():
            own[name] = app_settings(root, spec, name)
    settings.check(faults.found)
    state = prepare_state(root)
    packages = local_package_folders(spec, root)
    installs = options.install and options.interpreter is None

    def plan_app(app: FunctionApp) -> AppPlan:
        folder = root / "functions" / app.name
        port, debug_port = ports[app.name]
        return AppPlan(
            name=app.name,
            directory=folder,
            port=port,
            python=spec.runtime.version,
            host_id=names.host_id(spec.project_name, app.name),
            url_variable=names.url_variable(app.name),
            debug_port=debug_port,
            requirements=(locked_requirements(folder, spec.dependency_manager) if installs else ""),
            packages=packages,
            settings=own[app.name],
            bindings=tuple(f"{trigger.type}{TRIGGER_SUFFIX}" for trigger in app.triggers),
        )

    storage = spec.storage
    return ProjectPlan(
        name=spec.project_name,
        root=root,
        state=state,
        apps=tuple(plan_app(app) for app in chosen),
        storage=StoragePlan(
            directory=state / "azurite",
            key=settings.key,
            ports=azurite_ports,
            containers=tuple(item.name for item in storage.blob_containers),
            queues=tuple(item.name for item in storage.queues),
            tables=tuple(item.name for item in storage.tables),
        ),
        settings=settings.env,
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
