"""The questions about storage: containers, queues and tables, and what each is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.project.questions.asking import words
from funcyard.project.shorthand import expand_spec
from funcyard.project.starting_storage import default_storage, storage_item

if TYPE_CHECKING:
    from funcyard.project.questions.asking import Draft

_KINDS = {
    "blob_containers": "Blob containers",
    "queues": "Queues",
    "tables": "Tables",
}


def ask_storage(draft: Draft) -> None:
    """Ask for the storage; the containers and queues that triggers name are offered with it."""
    offered = draft.default("storage", None) or _needed(draft)
    storage: dict[str, Any] = {}
    draft.values["storage"] = storage
    for kind, title in _KINDS.items():
        known = {item["name"]: item for item in offered.get(kind) or ()}
        storage[kind] = []
        draft.line(
            f"{title} (by name, - for none)",
            ("storage", kind),
            list(known) or "-",
            lambda answer, known=known: [  # type: ignore[misc] # mypy does not infer the default
                dict(known.get(name) or storage_item(name)) for name in words(answer) if name != "-"
            ],
        )
        for index, item in enumerate(storage[kind]):
            path = ("storage", kind, index, "description")
            draft.line(f"{item['name']}: what lies in it", path, item.get("description", ""))


def _needed(draft: Draft) -> dict[str, list[dict[str, str]]]:
    expanded: Any = expand_spec(dict(draft.values))
    triggers = [trigger for app in expanded["function_apps"] for trigger in app["triggers"]]
    storage = default_storage(trigger["type"] for trigger in triggers)
    for trigger in triggers:
        if (queue := trigger.get("queue")) and "%" not in queue:
            _add(storage["queues"], queue)
        container = str(trigger.get("path", "")).partition("/")[0]
        if container and "%" not in container:
            _add(storage["blob_containers"], container)
    return storage


def _add(items: list[dict[str, str]], name: str) -> None:
    if all(item["name"] != name for item in items):
        items.append(storage_item(name))
