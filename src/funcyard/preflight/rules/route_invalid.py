"""A route template that the host cannot read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.http_routes import http_routes
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.http_routes import HttpRoute


_OF_ASGI = "/{*route}"


def _check(facts: Facts) -> Iterator[Finding]:
    from funcyard.host.http.routing import Route, Routes, RouteTemplateError  # noqa: PLC0415 - keeps --help fast

    for app in facts.apps:
        for found in http_routes(app):
            try:
                Routes([Route(found.template, found.methods, found.function)])
            except RouteTemplateError as fault:
                if isinstance(fault.__cause__, re.error):
                    continue  # .NET has another syntax of regular expressions than Python
                yield RULE.found(
                    found.file,
                    found.line,
                    f"{found.function}: {fault.message}",
                    evidence=app.text_at(found.file, found.line) or found.template,
                    next=_next(found),
                )


def _next(found: HttpRoute) -> str:
    if found.route == _OF_ASGI:
        return 'set extensions.http.routePrefix of host.json to ""'
    if found.route.startswith("/") and "//" not in found.route:
        bare = found.route.lstrip("/")
        return f'write route="{bare}", or set extensions.http.routePrefix of host.json to ""'
    return "as in items/{id:int} or files/{*path}"


RULE = Rule(
    id="route-invalid",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A route is no template of ASP.NET Core, its prefix included.",
    why=(
        "The worker does not look at it. The host fails to start when it registers the route, and"
        " with it every function of the app. A route that begins with a slash becomes api//…, as"
        " does that of an AsgiFunctionApp unless host.json sets an empty routePrefix."
    ),
    mend="Balance the braces, put what is optional last, and leave the leading slash out.",
    source="https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates",
    check=_check,
)
