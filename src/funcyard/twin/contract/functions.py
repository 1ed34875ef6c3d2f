"""Every function of a twin: where it lives, what calls it, and what it needs to know.

The deployer makes the apps and their settings of this table, the functions register themselves by
it, and whoever calls one asks it for the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from . import settings as s
from .errors import ContractError


class Trigger(StrEnum):
    """What a function answers to."""

    HTTP = "http"
    EVENT_GRID = "eventGrid"
    TIMER = "timer"


class Guard(StrEnum):
    """What a caller over HTTP has to show."""

    KEY = "function"
    """The key of the app, in the header of Azure Functions."""

    TOKEN = "anonymous"  # noqa: S105 - the host asks for nothing, the function for its token
    """The token of a boundary, which the function itself asks for."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes:
        name: Its name, also its folder.
        layer: The layer whose app holds it: ``l0`` to ``l4``.
        trigger: What it answers to.
        guard: What callers show; None where it answers to no HTTP.
        token: The setting with the token that callers show, for ``Guard.TOKEN``.
        needs: The settings without which it cannot work.
        may_need: Further settings, by what the twin consists of.
        schedule: When it runs, for a timer.
        methods: How it is called over HTTP.
    """

    name: str
    layer: str
    trigger: Trigger = Trigger.HTTP
    guard: Guard | None = Guard.KEY
    token: str | None = None
    needs: tuple[str, ...] = ()
    may_need: tuple[str, ...] = ()
    schedule: str | None = None
    methods: tuple[str, ...] = ("POST",)

    @property
    def route(self) -> str | None:
        """Its route below ``/api``, None where it answers to no HTTP."""
        if self.trigger is not Trigger.HTTP:
            return None
        return _ROUTES.get(self.name, self.name)

    @property
    def settings(self) -> frozenset[str]:
        """Every setting that it may read."""
        token = (self.token,) if self.token else ()
        return frozenset({s.CLOCK, s.INFO, *self.needs, *self.may_need, *token})


_COSMOS = (s.COSMOS_ENDPOINT, s.COSMOS_KEY, s.COSMOS_DATABASE, s.COSMOS_CONTAINER)
_GRAPH = (s.ADT_URL, s.CLIENT_ID)
_L2 = (s.L2_URL, s.L2_KEY)
_DEVICES = (s.BLOB_CONNECTION, s.INFO_CONTAINER)
MIDNIGHT: Final = "0 0 0 * * *"
"""When the movers run, by the time of day."""


def _receiver(name: str, token: str, *needs: str) -> Function:
    """Return a function that another cloud calls."""
    return Function(name, "l0", guard=Guard.TOKEN, token=token, needs=needs)


def _reader(name: str, layer: str) -> Function:
    """Return a function that tells what hot storage holds; dashboards ask by GET."""
    return Function(
        name,
        layer,
        guard=Guard.TOKEN,
        token=s.HOT_READER_TOKEN,
        needs=(*_COSMOS, *_DEVICES),
        methods=("GET", "POST"),
    )


def _on_events(name: str, layer: str, needs: tuple[str, ...], *may_need: str) -> Function:
    """Return a function that takes telemetry from Event Grid."""
    return Function(name, layer, Trigger.EVENT_GRID, None, needs=needs, may_need=may_need)


def _nightly(name: str, needs: tuple[str, ...], *may_need: str) -> Function:
    """Return a function that moves what has become old."""
    return Function(
        name,
        "l3",
        Trigger.TIMER,
        None,
        needs=(s.MOVERS_SCHEDULE, *needs),
        may_need=may_need,
        schedule=f"%{s.MOVERS_SCHEDULE}%",
    )


FUNCTIONS: Final = (
    _receiver("ingestion", s.INGESTION_TOKEN, *_L2, *_DEVICES),
    _receiver("hot-writer", s.HOT_WRITER_TOKEN, *_COSMOS),
    _receiver("cold-writer", s.COLD_WRITER_TOKEN, s.BLOB_CONNECTION, s.COLD_CONTAINER),
    _receiver("archive-writer", s.ARCHIVE_WRITER_TOKEN, s.BLOB_CONNECTION, s.ARCHIVE_CONTAINER),
    _reader("hot-reader", "l0"),
    _reader("hot-reader-last-entry", "l0"),
    _receiver("adt-pusher", s.ADT_PUSHER_TOKEN, *_GRAPH, *_DEVICES),
    _on_events("dispatcher", "l1", _DEVICES, *_L2, s.L1_URL, s.L1_KEY),
    Function("connector", "l1", needs=(s.INGESTION_URL, s.INGESTION_TOKEN)),
    Function("default-processor", "l2", needs=_L2),
    Function("processor_wrapper", "l2", needs=(*_L2, *_DEVICES)),
    Function(
        "persister",
        "l2",
        needs=_DEVICES,
        may_need=(
            *_COSMOS,
            *_GRAPH,
            *_L2,
            s.HOT_WRITER_URL,
            s.HOT_WRITER_TOKEN,
            s.ADT_PUSHER_URL,
            s.ADT_PUSHER_TOKEN,
        ),
    ),
    Function("event-checker", "l2", needs=_DEVICES, may_need=(*_GRAPH, *_L2, s.WORKFLOW_URL)),
    Function("event-feedback", "l2", needs=(s.IOT_HUB_CONNECTION, *_DEVICES)),
    Function("event-action", "l2"),
    _reader("hot-reader", "l3"),
    _reader("hot-reader-last-entry", "l3"),
    _nightly(
        "hot-to-cold-mover",
        _COSMOS,
        s.BLOB_CONNECTION,
        s.COLD_CONTAINER,
        s.COLD_WRITER_URL,
        s.COLD_WRITER_TOKEN,
    ),
    _nightly(
        "cold-to-archive-mover",
        (s.BLOB_CONNECTION, s.COLD_CONTAINER),
        s.ARCHIVE_CONTAINER,
        s.ARCHIVE_WRITER_URL,
        s.ARCHIVE_WRITER_TOKEN,
    ),
    Function(
        "digital-twin-data-connector",
        "l4",
        needs=(s.HOT_READER_TOKEN,),
        may_need=(s.L3_URL, s.HOT_READER_URL),
    ),
    Function(
        "digital-twin-data-connector-last-entry",
        "l4",
        needs=(s.HOT_READER_TOKEN,),
        may_need=(s.L3_URL, s.HOT_READER_LAST_ENTRY_URL),
    ),
    _on_events("adt-updater", "l4", (*_GRAPH, *_DEVICES)),
)
"""Every function; two of one name live in different apps and do the same."""

_ROUTES: Final = {"processor_wrapper": "processors/{device}", "event-action": "actions/{name}"}
"""The routes that are not their function's name."""


def function(name: str, layer: str) -> Function:
    """Return a function by its name and its layer.

    Raises:
        ContractError: There is none.
    """
    for one in FUNCTIONS:
        if (one.name, one.layer) == (name, layer):
            return one
    raise ContractError(f"there is no function {name} in {layer}")


def in_layer(layer: str) -> tuple[Function, ...]:
    """Return the functions that the app of a layer may hold."""
    return tuple(one for one in FUNCTIONS if one.layer == layer)


def address(base: str, route: str, **parameters: str) -> str:
    """Return where a function is called.

    Args:
        base: The address of its app.
        route: Its route.
        parameters: What stands for the names in braces.

    Raises:
        ContractError: A parameter is missing, or would lead elsewhere.
    """
    for name, value in parameters.items():
        if (
            not value
            or not value.replace("-", "").replace("_", "").isalnum()
            or not value.isascii()
        ):
            raise ContractError(f"{name} cannot be part of an address")
        route = route.replace(f"{{{name}}}", value)
    if "{" in route:
        raise ContractError("the route has a parameter that was not given")
    return f"{base.rstrip('/')}/api/{route}"
