"""Storage of the project: names that the three services take, and what triggers need declared.

https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata
https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.project.findings import Fault, hinted
from funcyard.project.names import CONTAINER, LONGEST_STORAGE_NAME, TABLE
from funcyard.project.spec import BlobTrigger, QueueTrigger, Storage, StorageItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.faults import Path
    from funcyard.project.spec import Spec

_SHORTEST = 3
_PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}\Z")
_SYSTEM_PROPERTIES = frozenset({"partitionkey", "rowkey", "timestamp", "etag"})


def complete(spec: Spec) -> Spec:
    """Return the spec with the containers and queues that its triggers name declared.

    What is declared already stays as it is; names given by a setting (``%NAME%``) are left out.
    """
    containers = {item.name: item for item in spec.storage.blob_containers}
    queues = {item.name: item for item in spec.storage.queues}
    for app in spec.function_apps:
        for trigger in app.triggers:
            description = f"For {trigger.name} of {app.name}"
            if isinstance(trigger, QueueTrigger) and "%" not in trigger.queue:
                item = StorageItem(name=trigger.queue, description=description)
                queues.setdefault(item.name, item)
            elif isinstance(trigger, BlobTrigger) and "%" not in trigger.path.partition("/")[0]:
                item = StorageItem(name=trigger.path.partition("/")[0], description=description)
                containers.setdefault(item.name, item)
    storage = Storage(
        blob_containers=tuple(containers.values()),
        queues=tuple(queues.values()),
        tables=spec.storage.tables,
    )
    return spec if storage == spec.storage else spec.model_copy(update={"storage": storage})


def storage_name(path: Path, name: str, what: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of a blob container or a queue."""
    hint = (
        f"{_SHORTEST} to {LONGEST_STORAGE_NAME} lowercase letters, digits and single hyphens "
        f"between them, such as {container_like(name)}"
    )
    messages = _length(name, what)
    if not re.fullmatch(CONTAINER, name):
        messages.append(
            f"{what} {name!r} may hold lowercase letters, digits and single hyphens between them"
        )
    yield from hinted(path, messages, hint)


def container_like(name: str) -> str:
    """Return a name that a container or a queue may have, as near to ``name`` as there is one."""
    made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST_STORAGE_NAME].strip("-")
    return made if len(made) >= _SHORTEST else f"my-{made or 'data'}"


def _table_like(name: str) -> str:
    made = re.sub(r"[^A-Za-z0-9]+", "", name).lstrip("0123456789")[:LONGEST_STORAGE_NAME]
    return made if len(made) >= _SHORTEST else f"My{made.capitalize() or 'Table'}"


def _length(name: str, what: str) -> list[str]:
    if _SHORTEST <= len(name) <= LONGEST_STORAGE_NAME:
        return []
    return [f"{what} {name!r}: a name takes {_SHORTEST} to {LONGEST_STORAGE_NAME} characters"]


def container_and_queue_names(spec: Spec) -> Iterator[Fault]:
    """Containers and queues share one grammar of names."""
    for index, item in enumerate(spec.storage.blob_containers):
        yield from storage_name(
            ("storage", "blob_containers", index, "name"), item.name, "container"
        )
    for index, item in enumerate(spec.storage.queues):
        yield from storage_name(("storage", "queues", index, "name"), item.name, "queue")


def table_names(spec: Spec) -> Iterator[Fault]:
    """Tables have letters and digits only; the name ``tables`` is the service's own."""
    for index, table in enumerate(spec.storage.tables):
        path = ("storage", "tables", index, "name")
        hint = (
            f"{_SHORTEST} to {LONGEST_STORAGE_NAME} letters and digits, a letter first, "
            f"such as {_table_like(table.name)}"
        )
        messages = _length(table.name, "table")
        if not re.fullmatch(TABLE, table.name):
            messages.append(f"table {table.name!r} may hold letters and digits, a letter first")
        yield from hinted(path, messages, hint)
        if table.name.lower() == "tables":
            message = f"{table.name!r} is reserved by the table service"
            yield Fault(path, message, "another name, such as AuditLog")


def repeated(spec: Spec) -> Iterator[Fault]:
    """Each container, queue and table is declared once; tables are told apart without case."""
    kinds: tuple[tuple[str, tuple[StorageItem, ...]], ...] = (
        ("blob_containers", spec.storage.blob_containers),
        ("queues", spec.storage.queues),
        ("tables", spec.storage.tables),
    )
    for kind, items in kinds:
        seen: set[str] = set()
        for index, item in enumerate(items):
            if item.name.lower() in seen:
                yield Fault(("storage", kind, index, "name"), f"{item.name!r} comes twice")
            seen.add(item.name.lower())


def table_fields(spec: Spec) -> Iterator[Fault]:
    """A table's other properties have names of their own."""
    for index, table in enumerate(spec.storage.tables):
        for place, name in enumerate(table.fields):
            path = ("storage", "tables", index, "fields", place)
            if not _PROPERTY.match(name):
                yield Fault(path, f"{name!r} may hold letters, digits and underscores")
            elif name.lower() in _SYSTEM_PROPERTIES:
                yield Fault(path, f"every table has {name!r} already")
            elif name in table.fields[:place]:
                yield Fault(path, f"{name!r} comes twice")
