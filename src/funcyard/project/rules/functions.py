"""Functions of the apps: names that Azure and Python take, and triggers that can fire."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.faults import Severity
from funcyard.project.findings import Fault
from funcyard.project.names import (
    LONGEST_STORAGE_NAME,
    SETTING,
    identifier,
    is_usable_function_name,
)
from funcyard.project.rules.storage import container_like, storage_name
from funcyard.project.spec import HTTP_METHODS, BlobTrigger, HttpTrigger, QueueTrigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.faults import Path
    from funcyard.project.spec import FunctionApp, Spec, Trigger

_POISON = "-poison"
_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_ADJACENT = re.compile(r"\{([^{}]+)\}(?=\{([^{}]+)\})")
_NOT_IN_TRIGGERS = frozenset({"rand-guid", "datetime"})


def triggers_of(spec: Spec) -> Iterator[tuple[Path, FunctionApp, Trigger]]:
    """Yield each trigger with its path and its app."""
    for index, app in enumerate(spec.function_apps):
        for place, trigger in enumerate(app.triggers):
            yield ("function_apps", index, "triggers", place), app, trigger


def at_least_one(spec: Spec) -> Iterator[Fault]:
    """An app without a function answers nothing."""
    for index, app in enumerate(spec.function_apps):
        if not app.triggers:
            yield Fault(
                ("function_apps", index, "triggers"),
                f"the app {app.name!r} has no trigger",
                "leave triggers out for one http function",
            )


def names(spec: Spec) -> Iterator[Fault]:
    """A function's name is one in Azure and one in Python."""
    for path, _, trigger in triggers_of(spec):
        if is_usable_function_name(trigger.name):
            continue
        made = identifier(trigger.name)
        hint = f"for example {made}" if is_usable_function_name(made) else None
        if trigger.name.isidentifier() and trigger.name.isascii():
            message = f"{trigger.name!r} means something else in Python or in Azure Functions"
        else:
            message = f"{trigger.name!r} is not a Python identifier that begins with a letter"
        yield Fault((*path, "name"), message, hint)


def repeated_names(spec: Spec) -> Iterator[Fault]:
    """The host tells functions of one app apart without regard to case."""
    seen: dict[tuple[str, str], str] = {}
    for path, app, trigger in triggers_of(spec):
        key = (app.name, trigger.name.lower())
        if key in seen:
            yield Fault(
                (*path, "name"), f"the app {app.name!r} already has a function {seen[key]!r}"
            )
        seen.setdefault(key, trigger.name)


def http_methods(spec: Spec) -> Iterator[Fault]:
    """A function answers at least one method, each named once."""
    for path, _, trigger in triggers_of(spec):
        if not isinstance(trigger, HttpTrigger):
            continue
        if not trigger.methods:
            yield Fault((*path, "methods"), "no method", "leave methods out for GET and POST")
        for place, method in enumerate(trigger.methods):
            if method not in HTTP_METHODS:
                yield Fault(
                    (*path, "methods", place),
                    f"no method {method!r}",
                    f"one of {', '.join(HTTP_METHODS)}",
                )
            elif method in trigger.methods[:place]:
                yield Fault((*path, "methods", place), f"{method} comes twice")


def queues(spec: Spec) -> Iterator[Fault]:
    """A queue trigger names a queue, or the setting that does."""
    for path, _, trigger in triggers_of(spec):
        if not isinstance(trigger, QueueTrigger) or re.fullmatch(SETTING, trigger.queue):
            continue
        yield from storage_name((*path, "queue"), trigger.queue, "queue")
        if len(trigger.queue) + len(_POISON) > LONGEST_STORAGE_NAME:
            yield Fault(
                (*path, "queue"),
                f"its poison queue {trigger.queue}{_POISON} would be longer than "
                f"{LONGEST_STORAGE_NAME} characters",
                severity=Severity.WARNING,
            )


def blob_paths(spec: Spec) -> Iterator[Fault]:
    """A blob trigger's path is a container and a pattern of names."""
    for path, _, trigger in triggers_of(spec):
        if isinstance(trigger, BlobTrigger):
            yield from _blob_path((*path, "path"), trigger.path)


def _blob_path(path: Path, text: str) -> Iterator[Fault]:
    container, slash, pattern = text.partition("/")
    if not slash or not pattern:
        like = container if re.fullmatch(SETTING, container) else container_like(container)
        message = f"{text!r} has no pattern after the container"
        yield Fault(path, message, f"write {like}/{{name}}")
        return
    if not re.fullmatch(SETTING, container):
        yield from storage_name(path, container, "container")
    names = _EXPRESSION.findall(pattern)
    if re.search(r"[{}]", _EXPRESSION.sub("", pattern)) or "" in names:
        yield Fault(path, f"the braces in {pattern!r} do not pair up around names")
    for name in names:
        if name.lower() in _NOT_IN_TRIGGERS:
            yield Fault(path, f"{{{name}}} makes a new value, so it matches no blob")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(path, f"{{{name}}} comes twice")
    for first, second in _ADJACENT.findall(pattern):
        yield Fault(
            path,
            f"nothing tells where {{{first}}} ends and {{{second}}} begins",
            f"put text between them: {{{first}}}-{{{second}}}",
        )
    if any(part in {"", ".", ".."} for part in pattern.split("/")):
        yield Fault(path, f"{pattern!r} has an empty part between slashes, or dots for one")


def shared_queues(spec: Spec) -> Iterator[Fault]:
    """Two functions on one queue share its messages; each message reaches only one of them."""
    readers: dict[str, str] = {}
    for path, app, trigger in triggers_of(spec):
        if not isinstance(trigger, QueueTrigger):
            continue
        reader = f"{app.name}.{trigger.name}"
        if trigger.queue in readers:
            yield Fault(
                (*path, "queue"),
                f"{trigger.queue!r} is also read by {readers[trigger.queue]}; "
                "a message reaches only one of them",
                severity=Severity.WARNING,
            )
        readers.setdefault(trigger.queue, reader)
