"""Two functions that answer the same method of the same route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.http_routes import http_routes
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.http_routes import HttpRoute


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        seen: list[HttpRoute] = []
        for found in http_routes(app):
            other = next((one for one in seen if _collide(one, found)), None)
            if other is None:
                seen.append(found)
                continue
            yield RULE.found(
                found.file,
                found.line,
                f"{found.function}: {other.function} ({other.file}:{other.line}) answers"
                f" {_methods(other, found)} {found.route} already",
                evidence=app.text_at(found.file, found.line),
                next="give it another route, or other methods: methods=[…]",
            )


def _collide(one: HttpRoute, other: HttpRoute) -> bool:
    if one.route.strip("/").lower() != other.route.strip("/").lower():
        return False
    return not one.methods or not other.methods or bool(one.methods & other.methods)


def _methods(one: HttpRoute, other: HttpRoute) -> str:
    common = one.methods & other.methods or one.methods or other.methods
    return "/".join(sorted(common)) or "every method of"


RULE = Rule(
    id="route-twice",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Two functions have the same route and a method in common.",
    why=(
        "The worker finds both. The host puts the second in error: The route specified conflicts"
        " with the route defined by function …, and does not serve it."
    ),
    mend="Change one of the routes, or share out the methods; no methods means all of them.",
    source="azure-functions-host, ScriptHost.ValidateFunction",
    check=_check,
)
