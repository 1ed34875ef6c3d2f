"""The storage that a project begins with: what its kinds of functions usually need.

The questions offer it, and the memory tells what departs from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DESCRIPTIONS = {
    "uploads": "Incoming files",
    "processed": "Processed files",
    "tasks": "Work to do",
    "data": "Files of the application",
    "AuditLog": "What happened, and when",
}


def default_storage(types: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """Return the storage that projects with functions of these types begin with.

    Args:
        types: ``http``, ``timer``, ``queue`` and ``blob``, in any order.
    """
    wanted = set(types)
    containers = [
        *(("uploads", "processed") if "blob" in wanted else ()),
        *(("data",) if wanted & {"http", "timer"} else ()),
    ]
    queues = ["tasks"] if "queue" in wanted else []
    return {
        "blob_containers": [storage_item(name) for name in containers],
        "queues": [storage_item(name) for name in queues],
        "tables": [storage_item("AuditLog")],
    }


def storage_item(name: str) -> dict[str, str]:
    """Return a container, queue or table of that name, described where it is one of the usual."""
    return {"name": name, "description": _DESCRIPTIONS.get(name, "")}
