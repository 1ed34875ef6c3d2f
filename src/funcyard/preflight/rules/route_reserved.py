"""A route that the host keeps for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.http_routes import http_routes
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts

_RESERVED = ("admin", "runtime")


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for found in http_routes(app):
            if found.route.strip("/").lower().startswith(_RESERVED):
                yield RULE.found(
                    found.file,
                    found.line,
                    f"{found.function}: the host refuses the route {found.route}",
                    evidence=app.text_at(found.file, found.line),
                    next=f'write route="manage/{found.route.strip("/")}", or any that begins'
                    " otherwise",
                )


RULE = Rule(
    id="route-reserved",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A route begins with admin or runtime.",
    why=(
        "The host serves those itself and puts the function in error: The specified route conflicts"
        " with one or more built in routes. A function named so without a route has this one, too."
    ),
    mend="Begin the route with anything else; the word alone decides, administrators counts.",
    source="azure-functions-host, ScriptHost.ValidateHttpFunction",
    check=_check,
)
