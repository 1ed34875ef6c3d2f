"""Edits of the spec for ``update``: an app or storage added, an app removed, comments kept.

What is left out is filled as the spec's own short forms are, and the result is checked by the rules
of the spec like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from funcyard.errors import UsageError
from funcyard.project import spec_text
from funcyard.project.edit import Edit
from funcyard.project.ports import next_port
from funcyard.project.shorthand import TRIGGER_TYPES, expand_app
from funcyard.project.spec import FunctionApp, QueueTrigger, StorageItem, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.project.reading import SpecDocument
    from funcyard.project.spec_text.editing import StorageKind

KINDS: dict[str, StorageKind] = {"blob": "blob_containers", "queue": "queues", "table": "tables"}
"""What a person calls a kind of storage to the field of the spec."""

_DETAIL = {"http": "route", "timer": "schedule", "queue": "queue", "blob": "path"}


class BadTriggerError(UsageError):
    """A trigger cannot be understood."""

    code = "bad-trigger"


def trigger_from(text: str) -> dict[str, str]:
    """Return a trigger from what a person types: ``http``, ``queue:tasks``, ``blob:in/{name}``.

    Behind the colon stands the route, the schedule, the queue or the blob's path; without it the
    defaults of the spec's short form hold.

    Raises:
        BadTriggerError: The kind is unknown or nothing stands behind the colon.
    """
    kind, colon, detail = text.partition(":")
    if kind not in TRIGGER_TYPES or (colon and not detail.strip()):
        raise BadTriggerError(
            f"{text!r} is not a trigger",
            hint="http, timer, queue or blob, or with a detail: http:hello, queue:tasks, "
            "blob:uploads/{name}, timer:'0 */5 * * * *'",
        )
    return {"type": kind, **({_DETAIL[kind]: detail.strip()} if colon else {})}


def adding_app(
    name: str, triggers: Sequence[str] = (), *, port: int | None = None, purpose: str = ""
) -> Edit:
    """Return the edit that adds an app behind the others.

    Args:
        name: Of the app.
        triggers: As :func:`trigger_from` takes them; one of HTTP when empty.
        port: The next one that no app has and nothing else is known to use, unless given.
        purpose: One line.

    Raises:
        BadTriggerError: See :func:`trigger_from`.
    """
    wanted = [trigger_from(text) for text in triggers] or [{"type": "http"}]

    def change(document: SpecDocument) -> str:
        spec = document.spec
        taken = [app.port for app in spec.function_apps]
        queues = [
            trigger.queue
            for app in spec.function_apps
            for trigger in app.triggers
            if isinstance(trigger, QueueTrigger)
        ]
        data: dict[str, Any] = {
            "name": name,
            "port": next_port(taken, apps=len(taken) + 1) if port is None else port,
            "purpose": purpose,
            "triggers": wanted,
        }
        try:
            app = FunctionApp.model_validate(expand_app(data, taken_queues=queues))
        except ValidationError as fault:
            first = fault.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise UsageError(f"the app cannot be added: {where}: {first['msg']}") from fault
        return spec_text.add_app(document.text, app)

    said = {f"triggers[{index}]": f"--trigger {text}" for index, text in enumerate(triggers)}
    given = {"name": "NAME", "port": "--port", "purpose": "--purpose", **said, "triggers": "NAME"}
    return Edit(change, "function_apps", given)


def adding_storage(kind: str, name: str, description: str = "") -> Edit:
    """Return the edit that declares a container, a queue or a table.

    Args:
        kind: A key of :data:`KINDS`.
        name: Of the item.
        description: One line.
    """

    def change(document: SpecDocument) -> str:
        model = Table if kind == "table" else StorageItem
        item = model(name=name, description=description)
        return spec_text.add_storage(document.text, KINDS[kind], item)

    given = {"name": "NAME", "description": "--description"}
    return Edit(change, f"storage.{KINDS[kind]}", given)


def removing_app(name: str) -> Edit:
    """Return the edit that takes an app out."""
    return Edit(lambda document: spec_text.remove_app(document.text, name))
