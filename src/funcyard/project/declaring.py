"""The functions that a spec declares, as they are compared with those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.functions.declared import Declared, Setting
from funcyard.project.calls import route_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.project.spec import FunctionApp, Trigger


def wanted(app: FunctionApp) -> tuple[Declared, ...]:
    """Return what an app's functions are meant to be."""
    return tuple(Declared(one.name, one.type, dict(_settings(one))) for one in app.triggers)


def _settings(trigger: Trigger) -> Iterator[tuple[str, Setting]]:
    match trigger.type:
        case "http":
            yield "route", route_of(trigger)
            yield "methods", trigger.methods
            yield "auth_level", trigger.auth_level
        case "timer":
            yield "schedule", trigger.schedule
            yield "run_on_startup", trigger.run_on_startup
        case "queue":
            yield "queue", trigger.queue
        case "blob":
            yield "path", trigger.path
