"""Webhooks of extensions: ``/runtime/webhooks/EventGrid``, where events are delivered.

A delivery names its function in the query, what it is in ``aeg-event-type``, and holds one event or
an array of them. Answers are those of Microsoft's extension for Event Grid and of the host in front
of it; events go to :func:`funcyard.host.event_grid.runs_of`.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-trigger
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from funcyard.host.event_grid import EventError, runs_of
from funcyard.host.http.request import header, query_of, read_body
from funcyard.host.http.response import respond, respond_text
from funcyard.host.invocation import NoWorkerError, WorkerLost
from funcyard.host.keys import EVENT_GRID_KEY

if TYPE_CHECKING:
    from funcyard.functions.model import Function
    from funcyard.host.event_grid import Run
    from funcyard.host.http.gateway import Gateway
    from funcyard.host.http.request import Receive, Scope
    from funcyard.host.http.response import Send
    from funcyard.host.http.site import Site

PREFIX = "/runtime/webhooks/"
"""Below it every path is an extension's, in any case of letters."""

_EVENT_GRID = "eventgrid"
_METHODS = ("DELETE", "GET", "OPTIONS", "POST")
_ORIGINS = (
    *("eventgrid.azure.net", "eventgrid.azure.us", "eventgrid.azure.cn"),
    *("eventgrid.azure.eaglex.ic.gov", "eventgrid.azure.microsoft.scloud"),
)
"""Event Grid in each of the clouds; the first is the public one."""


async def answer(gateway: Gateway, site: Site, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request below ``/runtime/webhooks``."""
    path = str(scope["raw_path"], "latin-1")
    query = {name.lower(): value for name, value in query_of(scope).items()}
    if scope["method"] not in _METHODS:
        await respond(send, 405, [(b"allow", ", ".join(_METHODS).encode())])
    elif not _authorised(gateway, scope, query.get("code", "")):
        await respond(send, 401, [])
    elif path[len(PREFIX) :].partition("/")[0].lower() != _EVENT_GRID or not site.event_grid:
        await respond(send, 404, [])
    elif (function := site.event_grid.get(name := query.get("functionname", ""))) is None:
        await respond_text(send, 404, f"cannot find function: '{name}'")
    elif scope["method"] == "OPTIONS":
        await _allow(scope, send)
    else:
        await _take(gateway, function, scope, receive, send)


def _authorised(gateway: Gateway, scope: Scope, code: str) -> bool:
    if (keys := gateway.keys) is None:
        return True
    return keys.admit("system", EVENT_GRID_KEY, header(scope, b"x-functions-key") or code)


async def _allow(scope: Scope, send: Send) -> None:
    """Shake hands as CloudEvents wants it: say who may deliver.

    https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema
    """
    asking = header(scope, b"webhook-request-origin")
    allowed = asking if asking in _ORIGINS else _ORIGINS[0]
    await respond(send, 200, [(b"webhook-allowed-origin", allowed.encode())])


async def _take(
    gateway: Gateway, function: Function, scope: Scope, receive: Receive, send: Send
) -> None:
    kind = header(scope, b"aeg-event-type").lower()
    if kind == "subscriptionvalidation":
        await _validate(await read_body(receive), send)
    elif kind == "notification":
        await _deliver(gateway, function, await read_body(receive), send)
    elif kind == "unsubscribe":
        await respond(send, 202, [])
    else:
        await respond(send, 400, [])


async def _validate(body: bytes, send: Send) -> None:
    """Answer with the code of a validation event, which is in an array; a CloudEvent is not.

    The data of the latter is JSON text.
    """
    try:
        document = json.loads(body)
        data = document[0]["data"] if isinstance(document, list) else document["data"]
        code = (json.loads(data) if isinstance(data, str) else data)["validationCode"]
    except (ValueError, LookupError, TypeError, RecursionError):
        await respond_text(send, 500, "the body holds no validation code")
    else:
        await respond_text(send, 200, json.dumps({"validationResponse": str(code)}))


async def _deliver(gateway: Gateway, function: Function, body: bytes, send: Send) -> None:
    """Run the function for every event at once; one failure fails the delivery."""

    async def status_of(run: Run) -> int:
        try:
            outcome = await gateway.invocations.run(
                function, run.value, metadata=run.metadata, data=run.data
            )
        except WorkerLost:
            return 500
        except NoWorkerError:
            return 503
        return 202 if outcome.failed is None else 500

    try:
        runs = runs_of(function, body)
    except EventError as fault:
        await respond_text(send, 500, fault.message)
        return
    status = max(await asyncio.gather(*map(status_of, runs)), default=202)
    if status == 202:  # noqa: PLR2004 - taken
        await respond(send, status, [])
    elif status == 500:  # noqa: PLR2004 - a run failed
        text = f"Exception while executing function: Functions.{function.name}"
        await respond_text(send, status, text)
    else:
        await respond_text(send, status, f"{gateway.name}: no worker takes calls")
