"""How each function of an app stands: what starts it, and whether it can run here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funcyard.functions.model import Binding, Function

TRIGGERS = frozenset({"httpTrigger", "timerTrigger", "queueTrigger", "blobTrigger"})
"""Triggers that this host runs."""

BINDINGS = frozenset({"http", "queue", "blob", "table"})
"""Inputs and outputs that this host binds."""

State = Literal["listening", "disabled", "unsupported", "failed"]

_DISABLED = {"1", "true"}


@dataclass(frozen=True, slots=True)
class FunctionView:
    """One function as shown to people and tools.

    Attributes:
        name: Its name.
        trigger: The trigger without its suffix, such as ``http``.
        route: URL path of an HTTP function; the queue, path or schedule of the others.
        methods: Methods of an HTTP function, empty where every method is allowed.
        state: Whether it runs here.
        reason: Why it does not.
    """

    name: str
    trigger: str
    route: str
    methods: tuple[str, ...] = ()
    state: State = "listening"
    reason: str = ""


def view_of(function: Function, *, prefix: str, settings: Mapping[str, str]) -> FunctionView:
    """Return how a function stands before anything is started for it.

    Args:
        function: As indexed.
        prefix: ``routePrefix`` of host.json.
        settings: The app's settings; ``AzureWebJobs.<name>.Disabled`` is honoured, see
            https://learn.microsoft.com/azure/azure-functions/disable-function
    """
    trigger = function.trigger
    state: State = "listening"
    reason = ""
    if unsupported := unsupported_bindings(function):
        state = "unsupported"
        reason = "cannot run here yet: " + ", ".join(
            f"{binding.type} ({binding.name})" for binding in unsupported
        )
    elif function.needs:
        state = "unsupported"
        reason = "cannot run here yet: it needs " + ", ".join(function.needs)
    elif settings.get(f"AzureWebJobs.{function.name}.Disabled", "").lower() in _DISABLED:
        state, reason = "disabled", f"AzureWebJobs.{function.name}.Disabled is set"
    kind = trigger.type.removesuffix("Trigger")
    methods = tuple(str(m).upper() for m in trigger.get("methods") or ()) if kind == "http" else ()
    return FunctionView(function.name, kind, _source(function, prefix), methods, state, reason)


def tally(views: Iterable[FunctionView]) -> str:
    """Return how many functions run here, and of the others why: ``3 functions (1 disabled)``."""
    states = Counter(view.state for view in views)
    running = states.pop("listening", 0)
    others = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    return f"{running} function{'' if running == 1 else 's'}" + (f" ({others})" if others else "")


def unsupported_bindings(function: Function) -> list[Binding]:
    """Return the bindings that this host cannot serve."""
    return [
        binding
        for binding in function.bindings
        if binding.type not in (TRIGGERS if binding.is_trigger else BINDINGS)
    ]


def http_template(function: Function, prefix: str) -> str:
    """Return the route template of an HTTP function, prefix included, no leading slash."""
    route = function.trigger.get("route")
    path = function.name if route is None else str(route)
    return "/".join(part.strip("/") for part in (prefix, path) if part.strip("/"))


def _source(function: Function, prefix: str) -> str:
    trigger = function.trigger
    if trigger.type == "httpTrigger":
        return "/" + http_template(function, prefix)
    for name in ("queueName", "path", "schedule"):
        if (value := trigger.get(name)) is not None:
            return str(value)
    return ""
