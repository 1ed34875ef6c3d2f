"""How each function of an app stands: what starts it, and whether it can run here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from funcyard.functions.found import Telling
from funcyard.functions.model import HTTP_STREAMS, V1

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funcyard.functions.model import Binding, Function

TRIGGERS = frozenset(
    {"httpTrigger", "timerTrigger", "queueTrigger", "blobTrigger", "eventGridTrigger"}
)
"""Triggers that this host runs."""

BINDINGS = frozenset({"http", "queue", "blob", "table", "eventGrid"})
"""Inputs and outputs that this host binds."""

REQUESTED = frozenset({"http", "eventGrid"})
"""Triggers, as they are shown, that requests start: nothing has to listen for them but HTTP."""

_WORDS = {
    "orchestrationTrigger": "an orchestration of Durable Functions",
    "activityTrigger": "an activity of Durable Functions",
    "entityTrigger": "an entity of Durable Functions",
    "durableClient": "it starts orchestrations of Durable Functions",
}
"""What a binding that this host cannot serve means, where its type alone does not say it."""

State = Literal["listening", "disabled", "unsupported", "failed"]


@dataclass(frozen=True, slots=True)
class FunctionView:
    """One function as shown to people and tools.

    Attributes:
        name: Its name.
        trigger: The trigger without its suffix, such as ``http``.
        route: URL path of an HTTP function or of an Event Grid trigger; the queue, path or
            schedule of the others.
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
        settings: The app's settings; ``AzureWebJobs.<name>.Disabled`` is honoured.
    """
    told = Telling("", prefix, settings, why_unsupported).describe(function)
    state: State = "disabled" if told.state == "disabled" else "listening"
    reason = told.reason or ""
    if told.unsupported is not None:
        state, reason = "unsupported", told.unsupported
    kind = told.trigger.removesuffix("Trigger")
    return FunctionView(told.name, kind, told.listens_to, told.methods, state, reason)


def tally(views: Iterable[FunctionView]) -> str:
    """Return how many functions there are, and how many of them do not run here and why not.

    ``3 functions``, ``3 functions (1 disabled)``, ``10 functions, of which none runs here (10
    unsupported)``.
    """
    states = Counter(view.state for view in views)
    number = states.total()
    running = states.pop("listening", 0)
    others = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    said = f"{number} function{'' if number == 1 else 's'}"
    if others and not running:
        said += ", of which none runs here" if number > 1 else " that does not run here"
    return f"{said} ({others})" if others else said


def admin_document(view: FunctionView, function: Function) -> dict[str, Any]:
    """Return a function as ``GET /admin/functions`` of the real host tells it.

    Of one that cannot run here it also says so, under ``unsupported``.
    """
    return {
        "name": view.name,
        "isDisabled": view.state == "disabled",
        "language": "python",
        "invokeUrlTemplate": view.route if view.trigger == "http" else None,
        "config": {"bindings": [binding.properties for binding in function.bindings]},
        **({"unsupported": view.reason} if view.state == "unsupported" else {}),
    }


def why_unsupported(function: Function) -> str | None:
    """Return why this host cannot run a function, None where it can."""
    why = "cannot run here yet: "
    if function.model == V1:
        return f"{why}the programming model v1"
    if unsupported := unsupported_bindings(function):
        return why + ", ".join(
            f"{_WORDS.get(binding.type, binding.type)} ({binding.name})" for binding in unsupported
        )
    lacking = [need for need in function.needs if need != HTTP_STREAMS]
    return f"{why}it needs {', '.join(lacking)}" if lacking else None


def unsupported_bindings(function: Function) -> list[Binding]:
    """Return the bindings that this host cannot serve."""
    return [
        binding
        for binding in function.bindings
        if binding.type not in (TRIGGERS if binding.is_trigger else BINDINGS)
    ]
