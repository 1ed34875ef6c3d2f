"""What ``funcyard check`` looks at: the apps of a project, one app, or every app below a folder."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from funcyard.cli._clock import today
from funcyard.errors import UsageError
from funcyard.functions.skipped import SKIPPED
from funcyard.host.environments import python_of
from funcyard.host.interpreters import InterpreterError, find_interpreter
from funcyard.host.local_settings import read_local_settings
from funcyard.plain_files import read_text
from funcyard.preflight.target import Target
from funcyard.project.check_options import CheckOptions
from funcyard.project.declaring import wanted
from funcyard.project.dependencies import local_package_folders
from funcyard.project.names import ENV_FILE
from funcyard.project.reading import read_spec
from funcyard.project.root import SPEC_FILE
from funcyard.project.setting_overrides import app_settings
from funcyard.settings import SettingsFaults, merge, read_env_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.project.spec import Spec

_HOST_FILE = "host.json"
_PYPROJECT = "pyproject.toml"


class NoAppError(UsageError):
    """There is no function app to look at."""

    code = "no-app"


class CheckOptionsError(UsageError):
    """``[tool.funcyard.check]`` of a pyproject.toml cannot be meant."""

    code = "bad-check-options"


@dataclass(frozen=True, slots=True)
class Found:
    """What a path holds.

    Attributes:
        root: The folder that places are relative to, absolute.
        targets: Its apps.
        options: How it wants to be looked at.
    """

    root: Path
    targets: tuple[Target, ...]
    options: CheckOptions


def find_targets(path: Path, interpreter: Path | None) -> Found:
    """Return what there is to check.

    Args:
        path: A project, an app's folder, or a folder above some.
        interpreter: The Python for every app, None for the one each would run on.

    Raises:
        NoAppError: There is no function app.
        InterpreterError: There is no Python of the version that the project names, or an app's
            .venv lost its own.
        SpecError, SettingsError, CheckOptionsError: A file that says how to look is wrong.
    """
    root = path.resolve()
    if (root / SPEC_FILE).is_file():
        return _project(root, interpreter)
    folders = sorted(_apps_below(root))
    if not folders:
        raise NoAppError(
            f"there is no function app in {path}: no {SPEC_FILE} and no {_HOST_FILE}",
            hint="name a project, an app's folder, or a folder above some",
        )
    targets = tuple(_app(folder, interpreter) for folder in folders)
    return Found(root, targets, _pyproject_options(root) or CheckOptions())


def _project(root: Path, interpreter: Path | None) -> Found:
    spec = read_spec(root / SPEC_FILE, root=root, today=today()).spec
    settings = _settings(root, spec)
    packages = local_package_folders(spec, root)
    targets = []
    for app in spec.function_apps:
        folder = root / "functions" / app.name
        dockerfile = root / ".docker" / app.name / "Dockerfile"
        targets.append(
            Target(
                name=app.name,
                directory=folder,
                interpreter=interpreter or _python_of(folder, spec),
                python=spec.runtime.version,
                settings=settings[app.name],
                packages=packages,
                dockerfile=dockerfile if dockerfile.is_file() else None,
                declared=wanted(app),
            )
        )
    options = spec.check if "check" in spec.model_fields_set else _pyproject_options(root)
    return Found(root, tuple(targets), options or CheckOptions())


def _settings(root: Path, spec: Spec) -> dict[str, dict[str, str]]:
    """Return the settings of each app; what is wrong in any file is told at once."""
    faults = SettingsFaults()
    env: dict[str, str] = {}
    settings: dict[str, dict[str, str]] = {}
    with faults.kept():
        env = read_env_file(root / ENV_FILE)
    for app in spec.function_apps:
        with faults.kept():
            settings[app.name] = merge(env, app_settings(root, spec, app.name))
    faults.raise_all()
    return settings


def _app(folder: Path, interpreter: Path | None) -> Target:
    return Target(
        name=folder.name,
        directory=folder,
        interpreter=interpreter or _python_of(folder, None),
        settings=read_local_settings(folder / "local.settings.json"),
    )


def _python_of(folder: Path, spec: Spec | None) -> Path:
    own = python_of(folder / ".venv")
    if own.exists():
        return own
    if own.is_symlink():
        raise InterpreterError(
            f"{own} leads to a Python that is gone: {own.readlink()}",
            hint=f"make {own.parents[1]} again, or pass --python",
        )
    if spec is not None:
        try:
            return asyncio.run(find_interpreter(spec.runtime.version, os.environ))
        except InterpreterError as fault:
            fault.hint = f"{fault.hint}; or funcyard up once, which makes the app's .venv"
            raise
    active = os.environ.get("VIRTUAL_ENV")
    if active and python_of(Path(active)).exists():
        return python_of(Path(active))
    return Path(shutil.which("python3") or sys.executable)


def _apps_below(root: Path) -> Iterator[Path]:
    for directory, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED]
        if _HOST_FILE in files:
            folders.clear()
            yield Path(directory)


def _pyproject_options(root: Path) -> CheckOptions | None:
    file = root / _PYPROJECT
    try:
        document = tomllib.loads(read_text(file))
        options = document.get("tool", {}).get("funcyard", {}).get("check")
        return None if options is None else CheckOptions.model_validate(_underscored(options))
    except FileNotFoundError:
        return None
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CheckOptionsError(f"{file}: [tool.funcyard.check] {where}: {first['msg']}") from fault
    except (OSError, ValueError, AttributeError) as fault:
        raise CheckOptionsError(f"{file} cannot be read: {fault}") from fault


def _underscored(options: dict[str, object]) -> dict[str, object]:
    return {name.replace("-", "_"): value for name, value in options.items()}
