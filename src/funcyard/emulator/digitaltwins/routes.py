"""What a request to a graph means, and which role allows it.

https://learn.microsoft.com/azure/role-based-access-control/permissions/internet-of-things
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from funcyard.emulator.digitaltwins import errors, model_calls, relationships, twins
from funcyard.emulator.digitaltwins.query import asking
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.emulator.digitaltwins.call import Call

    Handler = Callable[[Call], Awaitable[Answer]]

VERSIONS: Final = ("2023-10-31", "2023-06-30", "2022-05-31", "2020-10-31")
_NAMESPACE: Final = "Microsoft.DigitalTwins"


@dataclass(frozen=True, slots=True)
class Route:
    """An operation.

    Attributes:
        handler: Carries it out.
        action: What a role must allow.
        names: What the address names.
    """

    handler: Handler
    action: str
    names: tuple[str, ...]


async def _routes(call: Call) -> Answer:
    """There are no event routes, and none is made."""
    if call.request.method == "GET" and not call.names:
        return Answer(200, {"value": [], "nextLink": None})
    if call.request.method == "GET":
        raise errors.TwinsError(
            404, "EventRouteNotFound", f"There is no event route '{call.names[0]}'."
        )
    raise errors.not_served("event routes")


async def _jobs(_call: Call) -> Answer:
    raise errors.not_served("jobs")


_TWIN: Final = "/digitaltwins/{}"
_TABLE: Final[tuple[tuple[str, str, Handler, str], ...]] = (
    ("GET", "/models", model_calls.listed, "models/read"),
    ("POST", "/models", model_calls.add, "models/write"),
    ("GET", "/models/{}", model_calls.get, "models/read"),
    ("PATCH", "/models/{}", model_calls.patch, "models/write"),
    ("DELETE", "/models/{}", model_calls.delete, "models/delete"),
    ("POST", "/query", asking.ask, "query/action"),
    ("GET", _TWIN, twins.get, "digitaltwins/read"),
    ("PUT", _TWIN, twins.put, "digitaltwins/write"),
    ("PATCH", _TWIN, twins.patch, "digitaltwins/write"),
    ("DELETE", _TWIN, twins.delete, "digitaltwins/delete"),
    ("POST", f"{_TWIN}/telemetry", twins.tell, "digitaltwins/sendmessage/action"),
    ("GET", f"{_TWIN}/components/{{}}", twins.get_component, "digitaltwins/read"),
    ("PATCH", f"{_TWIN}/components/{{}}", twins.patch_component, "digitaltwins/write"),
    (
        "POST",
        f"{_TWIN}/components/{{}}/telemetry",
        twins.tell_component,
        "digitaltwins/sendmessage/action",
    ),
    ("GET", f"{_TWIN}/relationships", relationships.outgoing, "digitaltwins/relationships/read"),
    (
        "GET",
        f"{_TWIN}/incomingrelationships",
        relationships.incoming,
        "digitaltwins/relationships/read",
    ),
    ("GET", f"{_TWIN}/relationships/{{}}", relationships.get, "digitaltwins/relationships/read"),
    ("PUT", f"{_TWIN}/relationships/{{}}", relationships.put, "digitaltwins/relationships/write"),
    (
        "PATCH",
        f"{_TWIN}/relationships/{{}}",
        relationships.patch,
        "digitaltwins/relationships/write",
    ),
    (
        "DELETE",
        f"{_TWIN}/relationships/{{}}",
        relationships.delete,
        "digitaltwins/relationships/delete",
    ),
    ("GET", "/eventroutes", _routes, "eventroutes/read"),
    ("GET", "/eventroutes/{}", _routes, "eventroutes/read"),
    ("PUT", "/eventroutes/{}", _routes, "eventroutes/write"),
    ("DELETE", "/eventroutes/{}", _routes, "eventroutes/delete"),
    ("GET", "/jobs/{}", _jobs, "jobs/import/read"),
    ("POST", "/jobs/{}", _jobs, "jobs/import/write"),
    ("GET", "/jobs/{}/{}", _jobs, "jobs/import/read"),
    ("PUT", "/jobs/{}/{}", _jobs, "jobs/import/write"),
)
_PATTERNS: Final = [
    (method, re.compile(re.escape(path).replace(r"\{\}", "([^/]+)")), handler, action)
    for method, path, handler, action in _TABLE
]


def find(method: str, raw_path: str) -> Route:
    """Return the operation that a method means at an address.

    Args:
        method: Of HTTP.
        raw_path: As it was sent, so that a name may hold a slash.

    Raises:
        TwinsError: There is none.
    """
    path = raw_path.rstrip("/")
    others = set()
    for verb, pattern, handler, action in _PATTERNS:
        match = pattern.fullmatch(path)
        if match is None:
            continue
        if verb == method:
            names = tuple(map(unquote, match.groups()))
            return Route(handler, f"{_NAMESPACE}/{action}", names)
        others.add(verb)
    if others:
        raise errors.TwinsError(
            405,
            "MethodNotAllowed",
            f"The HTTP method '{method}' is not supported at this address.",
            headers={"allow": ", ".join(sorted(others))},
        )
    raise errors.TwinsError(404, "NotFound", f"Nothing is served at the address '{path}'.")


def check_version(version: str) -> None:
    """Refuse an API version that is not known.

    Raises:
        TwinsError: It is not.
    """
    if version not in VERSIONS:
        raise errors.TwinsError(
            400,
            "UnsupportedApiVersion",
            f"The api-version '{version}' is not supported: {', '.join(VERSIONS)}.",
        )
