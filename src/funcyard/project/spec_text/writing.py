"""A whole spec as the text of a new ``funcyard.yaml``: what is set, in sections, with comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.project.spec_text.emitting import block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.project.spec import FunctionApp, Spec, StorageItem, Trigger

_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("project_name", "blueprint")),
    ("", ("runtime", "programming_model", "dependency_manager")),
    ("Each app has a folder in functions/ and a port on this machine.", ("function_apps",)),
    ("What the storage emulator holds; what a trigger names is there in any case.", ("storage",)),
    ("Python packages of the project's own, installed in every app.", ("local_packages",)),
    ("Settings that every app receives; secrets belong in .env.local.", ("environment",)),
    ("In the containers only.", ("system_packages", "azure_cli", "volumes")),
    ("Why each choice departs from a default.", ("reasons",)),
)


def to_yaml(spec: Spec, *, header: Sequence[str] = (), schema: str | None = None) -> str:
    """Return the text of a spec; what it leaves out has the default.

    Args:
        spec: Any spec; read again, the text gives the same one.
        header: Comment lines at the top, without their ``#``.
        schema: Where editors find the JSON Schema, relative to the file.
    """
    lines = [f"# {line}".rstrip() for line in header]
    if schema is not None:
        lines.insert(0, f"# yaml-language-server: $schema={schema}")
    data = spec_data(spec)
    for comment, fields in _SECTIONS:
        section = {field: data[field] for field in fields if field in data}
        if not section:
            continue
        if lines and fields[0] != "project_name":
            lines.append("")
        if comment:
            lines.append(f"# {comment}")
        lines.extend(block(section))
    return "\n".join(lines) + "\n"


def spec_data(spec: Spec) -> dict[str, Any]:
    """Return a spec as the mapping that a person would write, defaults left out."""
    plain = spec.model_dump(mode="json", exclude_defaults=True)
    data: dict[str, Any] = {
        **plain,
        "project_name": spec.project_name,
        "runtime": {"name": spec.runtime.name, "version": spec.runtime.version},
        "programming_model": spec.programming_model,
        "dependency_manager": spec.dependency_manager,
        "function_apps": [app_data(app) for app in spec.function_apps],
    }
    storage = {
        kind: [item_data(item) for item in items]
        for kind, items in (
            ("blob_containers", spec.storage.blob_containers),
            ("queues", spec.storage.queues),
            ("tables", spec.storage.tables),
        )
        if items
    }
    return {**data, "storage": storage} if storage else data


def app_data(app: FunctionApp) -> dict[str, Any]:
    """Return an app as the mapping that a person would write."""
    purpose = {"purpose": app.purpose} if app.purpose else {}
    triggers = [_trigger_data(trigger) for trigger in app.triggers]
    return {"name": app.name, "port": app.port, **purpose, "triggers": triggers}


def item_data(item: StorageItem) -> dict[str, Any]:
    """Return a container, queue or table as the mapping that a person would write."""
    return item.model_dump(mode="json", exclude_defaults=True)


def _trigger_data(trigger: Trigger) -> dict[str, Any]:
    stated = trigger.model_dump(mode="json", exclude_defaults=True)
    schedule = {"schedule": trigger.schedule} if trigger.type == "timer" else {}
    return {"type": trigger.type, "name": trigger.name, **schedule, **stated}
