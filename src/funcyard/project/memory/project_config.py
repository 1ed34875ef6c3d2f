"""``project_config.md``: the project's configuration as sections, made of the spec.

``facts.py`` reads the same lines back; whoever changes a line here changes it there, and a property
test holds the two together. The account key is named by its place only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.project.memory.document import Section
from funcyard.project.memory.wording import code, prose
from funcyard.settings import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.project.spec import Spec, StorageItem, Trigger
    from funcyard.project.views import Remarks

MANAGERS = {"pip": "pip", "poetry": "Poetry", "uv": "uv"}
"""Name in the spec to name for people."""

OPTIONAL = ("local-packages", "environment-variables", "container-options")
"""Sections that are there only when the spec has something for them."""


def sections(spec: Spec, remarks: Remarks | None = None) -> list[Section]:
    """Return what the file should say of ``spec``, apart from dates and history.

    Args:
        spec: The project.
        remarks: What is to be said of functions that the code has not as the spec says.
    """
    made = {
        "programming-model": _programming_model(spec),
        "function-apps": _function_apps(spec, remarks or {}),
        "storage-resources": _storage(spec),
        "local-packages": _local_packages(spec),
        "environment-variables": _environment(spec),
        "container-options": _containers(spec),
        "azurite-key": _azurite_key(),
    }
    return [Section(name, tuple(lines)) for name, lines in made.items() if lines]


def _programming_model(spec: Spec) -> list[str]:
    lines = [
        "## Programming Model",
        "",
        f"- **Model**: {spec.programming_model} (decorators in one function_app.py an app)",
        f"- **Runtime**: {spec.runtime.name.capitalize()} {spec.runtime.version}",
        f"- **Dependency Management**: {MANAGERS[spec.dependency_manager]}",
    ]
    if spec.blueprint:
        lines.append(f"- **Blueprint**: {code(spec.blueprint)}")
    return lines


def _function_apps(spec: Spec, remarks: Remarks) -> list[str]:
    lines = ["## Function Apps", ""]
    for number, app in enumerate(spec.function_apps, start=1):
        lines += [f"{number}. **{app.name}**", f"   - Port: {app.port}", "   - Triggers:"]
        for trigger in app.triggers:
            remark = remarks.get((app.name, trigger.name))
            lines.append(f"     - {trigger_line(trigger)}" + (f"; {remark}" if remark else ""))
        if app.purpose:
            lines.append(f"   - Purpose: {prose(app.purpose)}")
    return lines


def trigger_line(trigger: Trigger) -> str:
    """Return a trigger in a line: ``HTTP `load` (POST `/api/load`)``."""
    name = code(trigger.name)
    if trigger.type == "http":
        route = code(f"/api/{trigger.name if trigger.route is None else trigger.route}")
        level = "" if trigger.auth_level == "anonymous" else f"; {trigger.auth_level} key"
        return f"HTTP {name} ({', '.join(trigger.methods)} {route}{level})"
    if trigger.type == "timer":
        startup = "; also when the app starts" if trigger.run_on_startup else ""
        return f"Timer {name} ({code(trigger.schedule)}{startup})"
    if trigger.type == "queue":
        return f"Queue {name} ({code(trigger.queue)})"
    return f"Blob {name} ({code(trigger.path)})"


def _storage(spec: Spec) -> list[str]:
    lines = ["## Storage Resources"]
    if spec.storage.blob_containers:
        lines += ["", "### Blob Containers", "", *_items(spec.storage.blob_containers)]
    if spec.storage.queues:
        lines += ["", "### Queues", "", *_items(spec.storage.queues)]
    if spec.storage.tables:
        lines += ["", "### Tables", ""]
    for table in spec.storage.tables:
        lines += _items([table])
        if table.partition_key:
            lines.append(f"  - PartitionKey: {prose(table.partition_key)}")
        if table.row_key:
            lines.append(f"  - RowKey: {prose(table.row_key)}")
        if table.fields:
            lines.append(f"  - Fields: {', '.join(map(code, table.fields))}")
    return lines if len(lines) > 1 else [*lines, "", "None."]


def _items(items: Sequence[StorageItem]) -> list[str]:
    return [
        f"- {code(item.name)}" + (f" - {prose(item.description)}" if item.description else "")
        for item in items
    ]


def _local_packages(spec: Spec) -> list[str]:
    lines = ["## Local Package Dependencies"] if spec.local_packages else []
    for package in spec.local_packages:
        lines += ["", f"- **Package Name**: {code(package.name)}"]
        lines.append(f"- **Path**: {code(package.path)}")
        if package.purpose:
            lines.append(f"- **Purpose**: {prose(package.purpose)}")
        lines.append(
            "- **Build**: pip builds it from its folder and installs it in every function app"
        )
    return lines


def _environment(spec: Spec) -> list[str]:
    lines = ["## Custom Environment Variables", ""] if spec.environment else []
    for variable in spec.environment:
        about = f" - {prose(variable.description)}" if variable.description else ""
        lines.append(f"- {code(variable.name)}{about}")
        if variable.default and not is_secret_name(variable.name):
            lines.append(f"  - Default: {code(variable.default)}")
    return lines


def _containers(spec: Spec) -> list[str]:
    lines = []
    if spec.system_packages:
        lines.append(f"- **System Packages**: {', '.join(map(code, spec.system_packages))}")
    if spec.azure_cli:
        lines.append("- **Azure CLI**: installed")
    for volume in spec.volumes:
        access = "read-only" if volume.read_only else "read and write"
        lines.append(f"- **Volume**: {code(volume.source)} at {code(volume.target)}, {access}")
    return ["## Container Options", "", *lines] if lines else []


def _azurite_key() -> list[str]:
    return [
        "## Azurite Account Key",
        "",
        "The project's own key is in `.env.local`, which Git ignores; it is not in this memory.",
    ]
