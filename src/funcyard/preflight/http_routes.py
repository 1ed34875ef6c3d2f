"""The routes of an app's HTTP functions as the host would register them, with their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.code.definitions import definition_at
from funcyard.preflight.code.holders import held_apps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.functions.model import Function
    from funcyard.preflight.facts import AppFacts

_DEFAULT_PREFIX = "api"


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """The route of one function.

    Attributes:
        function: The function.
        route: As its trigger gives it, without the prefix.
        template: With the prefix, joined as the host joins them.
        methods: Upper case; empty for every method.
        file: Where it is written, as findings tell it.
        line: The line there.
    """

    function: str
    route: str
    template: str
    methods: frozenset[str]
    file: str
    line: int


def http_routes(app: AppFacts) -> Iterator[HttpRoute]:
    """Yield the routes of an app in the order in which the host registers them."""
    prefix = app.host_json.get("extensions", "http", "routePrefix") if app.host_json else None
    prefix = (prefix if isinstance(prefix, str) else _DEFAULT_PREFIX).strip("/")
    for function in app.survey.index.functions:
        trigger = function.trigger
        if trigger.type != "httpTrigger":
            continue
        route = str(trigger.get("route") or function.name)
        file, line = _place(app, function)
        yield HttpRoute(
            function=function.name,
            route=route,
            template=f"{prefix}/{route}" if prefix else route,
            methods=frozenset(str(method).upper() for method in trigger.get("methods") or ()),
            file=file,
            line=line,
        )


def _place(app: AppFacts, function: Function) -> tuple[str, int]:
    """Return where a route is written; that of an AsgiFunctionApp where the app is made."""
    if not function.file:
        modules = app.modules
        held = held_apps(modules).names
        return (modules.script.name, held[0].line) if modules.script and held else ("", 0)
    file = app.name_of(function.file)
    definition = definition_at(app.source_by_name.get(file), function.line)
    decorator = definition.decorator("route") if definition else None
    return file, decorator.line_of("route") if decorator else function.line
