"""Spec in, files out: every file of a project, as bytes, before anything touches the disk.

``render`` walks :data:`layout.ROWS`, gives each template the :mod:`views` of the spec and lays the
blueprint's own files over the result. The bytes depend on the spec, the key, the clock and the
blueprint only. Templates see values through the quoting filters of :mod:`quoting`.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from funcyard.errors import UsageError
from funcyard.functions.runtimes import base_image
from funcyard.project import names, quoting
from funcyard.project.catalog import DEFAULT_DEPENDENCY_SET, RENDERED, Blueprint
from funcyard.project.compiled import CompiledTemplates
from funcyard.project.dependencies import POETRY, REQUIRES_PYTHON, StartingLock, starting_lock
from funcyard.project.files import GeneratedFile, Ownership
from funcyard.project.layout import (
    APPS,
    PACKAGES,
    ROWS,
    TEMPLATE_VERSIONS,
    TEMPLATES,
    TOOLS,
    Row,
)
from funcyard.project.schema import schema_text
from funcyard.project.tree import check_path
from funcyard.project.views import AppView, ProjectView, Remarks, view

if TYPE_CHECKING:
    from datetime import datetime

    from funcyard.project.spec import Spec

__all__ = ["TEMPLATE_VERSIONS", "Inputs", "UnsafeNameError", "render", "render_script"]

AZURITE_BASE_IMAGE = "mcr.microsoft.com/azure-storage/azurite:3.35.0"
"""The release that ``host/azurite`` pins too."""

_TOOLS = {"debugpy": "debugpy==1.8.22", "pytest": "9.2.0", "ruff": "0.17.5"}
_FILTERS = (
    quoting.docker,
    quoting.docstring,
    quoting.dotenv,
    quoting.markdown,
    quoting.one_line,
    quoting.python,
    quoting.starlark,
    quoting.toml,
    quoting.yaml,
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SAMPLE = ("function_app.py", "tests/test_function_app.py")


class UnsafeNameError(UsageError):
    """A name cannot be that of a folder, an image or a service."""

    code = "unsafe-name"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the bytes depend on beside the spec.

    Attributes:
        key: Azurite's account key, standard base64.
        now: The time of generation, shown in ``.env.local``.
        blueprint: Whose files are laid over the templates' output, or None.
        remarks: What documents have to say of functions that the code has not as the spec says.
    """

    key: str
    now: datetime
    blueprint: Blueprint | None = None
    remarks: Remarks = field(default_factory=dict)


def render(spec: Spec, inputs: Inputs) -> tuple[GeneratedFile, ...]:
    """Return every file of the project that ``spec`` describes, sorted by path.

    Args:
        spec: Complete, as ``rules.complete`` returns it: the storage that triggers need is in it.
        inputs: Key, clock and blueprint.

    Raises:
        UnsafeNameError: A name of the spec cannot be that of a folder, an image or a service.
        UnsafePathError: A path leaves the project.
        DependencyError: The blueprint asks for a dependency set that does not exist.
    """
    for name in (
        spec.project_name,
        *(app.name for app in spec.function_apps),
        *(package.name for package in spec.local_packages),
    ):
        if not _NAME.fullmatch(name):
            raise UnsafeNameError(f"{name!r} cannot be the name of a folder or an image")
    project = view(spec, inputs.remarks)
    lock = starting_lock(
        inputs.blueprint.dependency_set if inputs.blueprint else DEFAULT_DEPENDENCY_SET
    )
    context = _context(project, inputs, lock)
    files = {file.path: file for file in _from_templates(project, context, lock)}
    if inputs.blueprint is not None:
        _lay_over(files, project, inputs.blueprint, context)
    return tuple(files[path] for path in sorted(files))


def render_script(spec: Spec, name: str) -> str:
    """Return the function_app.py that the template makes for an app, whatever its blueprint."""
    app = next(app for app in view(spec).apps if app.name == name)
    return _environment().get_template(f"app/{_SAMPLE[0]}.j2").render(app=app)


def _from_templates(
    project: ProjectView, context: dict[str, Any], lock: StartingLock
) -> list[GeneratedFile]:
    files = []
    for row in ROWS:
        if row.managers and project.manager not in row.managers:
            continue
        for app in project.apps if "{app}" in row.path else (None,):
            content = _content(row, {**context, "app": app}, project, lock)
            files.append(_file(row, app, content))
    return files


def _content(row: Row, context: dict[str, Any], project: ProjectView, lock: StartingLock) -> bytes:
    match row.template:
        case "app/poetry.lock":
            return lock.poetry.encode()
        case "app/requirements.txt":
            return (lock.hashed if project.manager == "uv" else lock.pinned).encode()
        case "editor/schema.json":
            return schema_text().encode()
        case _:
            if not row.secret:
                context = {**context, "key": None}
            return _environment().get_template(f"{row.template}.j2").render(context).encode()


def _file(row: Row, app: AppView | None, content: bytes) -> GeneratedFile:
    name = app.name if app else ""
    return GeneratedFile(
        path=check_path(row.path.replace("{app}", name)),
        content=content,
        ownership=row.ownership,
        template=row.template,
        purpose=row.purpose.replace("{app}", name),
        group=row.group,
        editable=row.editable,
        git_tracked=row.git_tracked,
        mode=row.mode,
        secret=row.secret,
    )


def _lay_over(
    files: dict[str, GeneratedFile],
    project: ProjectView,
    blueprint: Blueprint,
    context: dict[str, Any],
) -> None:
    apps = {app.name: app for app in project.apps}
    for source, raw, mode in blueprint.files:
        path = check_path(source.removesuffix(RENDERED))
        parts = PurePosixPath(path).parts
        app = parts[1] if parts[0] == "functions" and len(parts) > 2 else None  # noqa: PLR2004 - functions/APP/FILE
        if app is not None and app not in apps:
            continue
        content = raw
        if source.endswith(RENDERED):
            template = _environment().from_string(raw.decode())
            content = template.render({**context, "key": None, "app": apps.get(app or "")}).encode()
        if app is not None and path == f"functions/{app}/{_SAMPLE[0]}":
            files.pop(f"functions/{app}/{_SAMPLE[1]}", None)
        files[path] = GeneratedFile(
            path=path,
            content=content,
            ownership=Ownership.SEEDED,
            template=f"blueprint {blueprint.name}",
            purpose=f"From the blueprint {blueprint.name}",
            group=files[path].group if path in files else _group(path, project),
            mode=mode,
        )


def _group(path: str, project: ProjectView) -> str:
    """Return the group of a blueprint's file: an app's, a package's, or its folder's own."""
    top, _, below = path.partition("/")
    if any(path.startswith(f"{app.folder}/") for app in project.apps):
        return APPS
    if any(path.startswith(f"{package.folder}/") for package in project.packages):
        return PACKAGES
    return top.strip(".").replace("-", " ").replace("_", " ").title() if below else TOOLS


def _context(project: ProjectView, inputs: Inputs, lock: StartingLock) -> dict[str, Any]:
    key_expression = f"${{{names.KEY_VARIABLE}:?set {names.KEY_VARIABLE} in .env.local}}"
    ports = [port for _, port in names.AZURITE_PORTS.values()]
    storage = project.spec.storage
    return {
        "project": project,
        "key": inputs.key,
        "now": inputs.now.isoformat(sep=" ", timespec="seconds"),
        "lock": lock,
        "account": names.ACCOUNT,
        "key_variable": names.KEY_VARIABLE,
        "key_expression": key_expression,
        "connection": names.connection_string(key_expression, host="azurite"),
        "local_connection": names.connection_string("<key>", host="127.0.0.1"),
        "azurite_ports": names.AZURITE_PORTS,
        "azurite_image": names.azurite_image(project.name),
        "azurite_base_image": AZURITE_BASE_IMAGE,
        "base_image": base_image(project.spec.runtime.name, project.python),
        "script_root": names.SCRIPT_ROOT,
        "container_http_port": names.CONTAINER_HTTP_PORT,
        "container_debug_port": names.CONTAINER_DEBUG_PORT,
        "poetry": POETRY,
        "requires_python": REQUIRES_PYTHON,
        "app_names": [app.name for app in project.apps],
        "other_triggers": [
            (app, trigger)
            for app in project.apps
            for trigger in app.triggers
            if trigger.spec.type != "http"
        ],
        "storage_items": [
            *(("container", item) for item in storage.blob_containers),
            *(("queue", item) for item in storage.queues),
            *(("table", item) for item in storage.tables),
        ],
        "described_tables": [
            table
            for table in storage.tables
            if table.partition_key or table.row_key or table.fields
        ],
        "forward_ports": [
            *(app.spec.port for app in project.apps),
            *ports,
            *(app.debug_port for app in project.apps),
        ],
        **_TOOLS,
    }


@functools.cache
def _environment() -> Environment:
    # The files are no HTML: each value goes through the filter of the language it lands in. While
    # compiling, no filter is called on constants: a compiled template outlives the filters' code.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - as said above
        optimized=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.bytecode_cache = CompiledTemplates(TEMPLATES, environment)
    environment.filters.update({filter_.__name__: filter_ for filter_ in _FILTERS})
    environment.filters["json"] = quoting.json_string
    environment.globals["compose_variable"] = quoting.compose_variable
    environment.globals["compose_takes"] = quoting.compose_takes
    return environment
