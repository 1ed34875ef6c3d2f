"""A function as every command tells it: ``functions list``, ``check`` and ``up``.

Made from a survey's index and from what went astray: what the worker finds, what it would find if
a blueprint were registered, what it never reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .folders import CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .model import Binding, Function, Index, LoadFailure
    from .survey import Stray, Survey

State = Literal["found", "disabled", "ignored", "failed"]

DEFAULT_PREFIX = "api"
"""``extensions.http.routePrefix`` where host.json does not set it."""

EVENT_GRID_WEBHOOK = "/runtime/webhooks/EventGrid"
"""Where events are delivered to functions with an Event Grid trigger, named in the query."""

_DISABLED = {"1", "true"}
_DEFAULT_LEVEL = "function"
_SOURCES = (
    ("schedule",),
    ("queueName",),
    ("path",),
    ("eventHubName",),
    ("topicName", "subscriptionName"),
    ("databaseName", "containerName"),
    ("databaseName", "collectionName"),
    ("topic",),
    ("tableName",),
)
"""Properties that say what a trigger listens to; the first that a trigger has count."""


@dataclass(frozen=True, slots=True)
class FoundFunction:
    """One function as it is told.

    Attributes:
        app: Its app.
        name: Its name in Azure.
        trigger: Its trigger's type, such as ``httpTrigger``; empty where the function is ignored or
            failed before it was known.
        route: Its path with the route prefix; None unless it is an HTTP function.
        schedule: A timer's schedule, else None.
        connection: The setting that holds its trigger's connection, else None.
        file: Where it is defined, relative to the folder that was asked about.
        line: The line there; 0 where none is known.
        state: ``found``; ``disabled``, found and switched off by a setting; ``ignored``, written
            and never reached by the worker; ``failed``, it does not load and the others do.
        reason: Why it is not simply found, else None.
        unsupported: Why the local host cannot run it, else None.
        model: Its programming model, ``v1`` or ``v2``.
        listens_to: Route, schedule, queue, blob path or what else starts it, such as the address
            that events are delivered to; may be empty.
        methods: Methods of an HTTP function, empty where every method is allowed.
        auth_level: Level of the key that an HTTP function wants, else None.
    """

    app: str
    name: str
    trigger: str
    route: str | None
    schedule: str | None
    connection: str | None
    file: str
    line: int
    state: State = "found"
    reason: str | None = None
    unsupported: str | None = None
    model: str = "v2"
    listens_to: str = ""
    methods: tuple[str, ...] = ()
    auth_level: str | None = None

    @property
    def exists(self) -> bool:
        """Whether the worker reports it, running or not."""
        return self.state in {"found", "disabled"}


@dataclass(frozen=True, slots=True)
class Telling:
    """How the functions of one app are told.

    Attributes:
        app: The app's name.
        prefix: The route prefix of its host.json.
        settings: Its settings; ``AzureWebJobs.<name>.Disabled`` is honoured, see
            https://learn.microsoft.com/azure/azure-functions/disable-function
        unsupported: Says of a function why the local host cannot run it, or None.
        name_of: Turns a file relative to the app into how it is told.
        words: Says in one line why a function failed.
    """

    app: str
    prefix: str
    settings: Mapping[str, str]
    unsupported: Callable[[Function], str | None]
    name_of: Callable[[str], str] = str
    words: Callable[[LoadFailure], str] = str

    def describe(self, function: Function) -> FoundFunction:
        """Describe a function that the worker finds."""
        trigger = function.trigger
        http = trigger.type.lower() == "httptrigger"
        route = "/" + route_template(function, self.prefix).strip("/") if http else None
        disabled = f"AzureWebJobs.{function.name}.Disabled"
        off = self.settings.get(disabled, "").lower() in _DISABLED
        return FoundFunction(
            app=self.app,
            name=function.name,
            trigger=trigger.type,
            route=route,
            schedule=_text(trigger, "schedule"),
            connection=_text(trigger, "connection"),
            file=self.name_of(function.file) if function.file else "",
            line=function.line,
            state="disabled" if off else "found",
            reason=f"{disabled} is set" if off else None,
            unsupported=self.unsupported(function),
            model=function.model,
            listens_to=_source(function) if route is None else route,
            methods=tuple(str(one).upper() for one in trigger.get("methods") or ()) if http else (),
            auth_level=(_text(trigger, "authLevel") or _DEFAULT_LEVEL).lower() if http else None,
        )

    def all_of(self, survey: Survey) -> tuple[FoundFunction, ...]:
        """Describe the functions of an app, those that are not found after those that are."""
        index = survey.index
        found = map(self.describe, index.functions)
        strays = () if index.failure else survey.strays
        lost = (one for stray in strays for one in self._astray(stray))
        return (*found, *self._broken(index), *lost, *self._unread(index))

    def _broken(self, index: Index) -> Iterator[FoundFunction]:
        for one in index.broken:
            failure = one.failure
            yield self._missing(
                one.name,
                (failure.file, failure.line),
                "failed",
                f"{failure.kind}: {self.words(failure)}",
                model="v1",
            )

    def _astray(self, stray: Stray) -> Iterator[FoundFunction]:
        where = f"{stray.name} ({self.name_of(stray.file)})"
        reason = {
            "blueprint": f"the blueprint {where} is not registered",
            "app": f"the app {where} is not the one that is served",
        }[stray.kind]
        for name, file, line in stray.functions:
            yield self._missing(name, (file, line), "ignored", reason)

    def _unread(self, index: Index) -> Iterator[FoundFunction]:
        reason = "there is a script, so function.json folders are not read"
        for name in index.unread:
            yield self._missing(name, (f"{name}/{CONFIG}", 1), "ignored", reason, model="v1")

    def _missing(
        self,
        name: str,
        place: tuple[str, int],
        state: State,
        reason: str,
        model: str = "v2",
    ) -> FoundFunction:
        return FoundFunction(
            app=self.app,
            name=name,
            trigger="",
            route=None,
            schedule=None,
            connection=None,
            file=self.name_of(place[0]) if place[0] else "",
            line=place[1],
            state=state,
            reason=reason,
            model=model,
        )


def route_template(function: Function, prefix: str) -> str:
    """Return the route template of an HTTP function with the prefix, joined as the host does it."""
    route = function.trigger.get("route")
    path = function.name if route is None else str(route)
    before = prefix.strip("/")
    return f"{before}/{path}" if before else path


def _source(function: Function) -> str:
    trigger = function.trigger
    if trigger.type.lower() == "eventgridtrigger":
        return f"{EVENT_GRID_WEBHOOK}?functionName={function.name}"
    for names in _SOURCES:
        values = [_text(trigger, name) for name in names]
        if values[0] is not None:
            return "/".join(value for value in values if value)
    return ""


def _text(binding: Binding, name: str) -> str | None:
    value = binding.get(name)
    return None if value is None else str(value)
