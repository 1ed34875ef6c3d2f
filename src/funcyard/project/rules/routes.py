"""Routes of HTTP functions: templates that the host can match, each answered by one function.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#customize-the-http-endpoint
https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.project.findings import Fault
from funcyard.project.routes import BODY, Part, parts_of
from funcyard.project.rules.functions import triggers_of
from funcyard.project.spec import HttpTrigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.project.spec import Spec

_CONSTRAINTS = frozenset(
    {
        "alpha", "bool", "datetime", "decimal", "double", "file", "float", "guid", "int",
        "length", "long", "max", "maxlength", "min", "minlength", "nonfile", "range", "regex",
        "required",
    }
)  # fmt: skip
_LITERAL = re.compile(r"[A-Za-z0-9._~!$&'()+,;=:@%-]*\Z")
_RULE = re.compile(r":(?P<name>\w+)(?:\((?P<argument>.*?)\))?(?=:|\Z)")


def templates(spec: Spec) -> Iterator[Fault]:
    """A route is a template that the host can match."""
    for path, _, trigger in triggers_of(spec):
        if isinstance(trigger, HttpTrigger) and trigger.route is not None:
            for message, hint in _faults(trigger.route):
                yield Fault((*path, "route"), message, hint)


def repeated(spec: Spec) -> Iterator[Fault]:
    """Two functions of an app do not answer one method of one route."""
    owners: dict[tuple[str, str, str], str] = {}
    for path, app, trigger in triggers_of(spec):
        if not isinstance(trigger, HttpTrigger):
            continue
        route = trigger.route or trigger.name
        shape = "/".join(_shape(part) for part in parts_of(route)).lower()
        for method in dict.fromkeys(trigger.methods):
            other = owners.setdefault((app.name, shape, method), trigger.name)
            if other != trigger.name:
                yield Fault((*path, "route"), f"{method} {route} is already answered by {other!r}")


def _faults(route: str) -> Iterator[tuple[str, str | None]]:
    if not route:
        yield "is empty", "leave it out to use the function's name"
        return
    bare = route.lstrip("/~")
    rest = bare[len("api/") :] if bare.lower().startswith("api/") else bare
    if bare != route:
        yield f"{route!r} begins with {route[0]}", f"write {rest}"
    if rest != bare:
        yield f"the host adds api/ itself: this is /api/{bare}", f"write {rest}"
    if any(segment in {"", ".", ".."} for segment in bare.removesuffix("/").split("/")):
        yield f"{route!r} has an empty part between slashes, or dots for one", None
    parts = parts_of(bare)
    names = [part.name.lower() for part in parts if part.name]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"the parameter {{{name}}} comes twice", None
    for index, part in enumerate(parts):
        if fault := _part_fault(part, last=index == len(parts) - 1):
            yield fault, None
        if part.name and index and parts[index - 1].name:
            yield f"nothing stands between {parts[index - 1].text} and {part.text}", None


def _part_fault(part: Part, *, last: bool) -> str | None:
    if not part.name:
        is_sound = part.text == "/" or _LITERAL.match(part.text)
        return None if is_sound else f"{part.text!r} cannot stand in a route"
    if (part.catch_all or part.optional) and not last:
        return f"{part.text} has to come last"
    body = BODY.match(part.text[1:-1])
    rules = body["rules"] if body else ""
    if _RULE.sub("", rules):
        return f"the constraints of {part.text} cannot be read"
    unknown = [rule["name"] for rule in _RULE.finditer(rules) if rule["name"] not in _CONSTRAINTS]
    return f"no constraint {unknown[0]!r} is known" if unknown else None


def _shape(part: Part) -> str:
    """Return what two routes have in common that match the same addresses."""
    return part.text.replace(part.name, "", 1) if part.name else part.text
