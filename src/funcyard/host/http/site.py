"""What an app serves over HTTP at this moment, compiled from its functions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from funcyard.functions.found import route_template
from funcyard.host.http.routing import Route, Routes, RouteTemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.functions.model import Function
    from funcyard.host.functions_view import FunctionView
    from funcyard.host.host_json import Http


@dataclass(frozen=True, slots=True)
class Site:
    """Routes and functions; replaced as a whole when new code takes over.

    Attributes:
        routes: Compiled routes.
        functions: HTTP functions by name.
        event_grid: Functions with an Event Grid trigger by name.
        headers: ``extensions.http.customHeaders``, added to every function's response.
        outstanding: ``extensions.http.maxOutstandingRequests``; -1 without limit.
    """

    routes: Routes
    functions: Mapping[str, Function]
    headers: tuple[tuple[bytes, bytes], ...] = ()
    outstanding: int = -1
    event_grid: Mapping[str, Function] = field(default_factory=dict)


def compile_site(
    functions: Mapping[str, Function], views: Sequence[FunctionView], http: Http
) -> tuple[Site, list[FunctionView]]:
    """Compile the routes of the functions that listen, and find those that events are sent to.

    Args:
        functions: Every function of the app by name.
        views: How they stand; a route that cannot be compiled fails its function alone.
        http: ``extensions.http`` of host.json.

    Returns:
        The site, and the views with such failures in them.
    """
    routes: list[Route] = []
    checked: list[FunctionView] = []
    for view in views:
        if view.trigger != "http" or view.state != "listening":
            checked.append(view)
            continue
        template = route_template(functions[view.name], http.route_prefix)
        route = Route(template, frozenset(view.methods), view.name)
        try:
            Routes([route])
        except RouteTemplateError as fault:
            checked.append(replace(view, state="failed", reason=fault.message))
        else:
            routes.append(route)
            checked.append(view)
    site = Site(
        Routes(routes),
        {route.function: functions[route.function] for route in routes},
        tuple(
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in http.custom_headers.items()
        ),
        http.max_outstanding_requests,
        {
            view.name: functions[view.name]
            for view in views
            if view.trigger == "eventGrid" and view.state == "listening"
        },
    )
    return site, checked
