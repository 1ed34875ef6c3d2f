"""Admin routes: the part of the real host's management API that tools read.

``/admin/host/ping``, ``/admin/host/status``, ``/admin/functions``, ``/admin/functions/{name}`` and
``POST /admin/functions/{name}``, which runs a function of any trigger. They ask for the master key
whenever keys are enforced; on loopback they answer only requests that name a loopback host, so that
no web page can reach them through a name of its own that resolves here (DNS rebinding).
https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError
from funcyard.host.http.request import header, read_body
from funcyard.host.http.response import respond, respond_json
from funcyard.loopback import names_loopback

if TYPE_CHECKING:
    from funcyard.host.http.gateway import Description, Gateway
    from funcyard.host.http.request import Receive, Scope
    from funcyard.host.http.response import Send


async def answer(gateway: Gateway, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request below ``/admin``."""
    if not _authorised(gateway, scope):
        await respond(send, 401, [])
        return
    path, method = str(scope["raw_path"], "latin-1").rstrip("/"), scope["method"]
    description = gateway.describe()
    if path == "/admin/host/ping" and method in {"GET", "POST", "HEAD"}:
        await respond(send, 200, [])
    elif path == "/admin/host/status" and method == "GET":
        document: dict[str, object] = {
            "id": description.host_id,
            "state": description.state,
            "version": description.version,
            "errors": description.errors,
        }
        told = description.functions
        lacking = {one["name"]: one["unsupported"] for one in told if "unsupported" in one}
        if lacking:
            document["unsupportedFunctions"] = lacking
        await respond_json(send, 200, document)
    elif path == "/admin/functions" and method == "GET":
        await respond_json(send, 200, description.functions)
    elif path.startswith("/admin/functions/"):
        name = path.removeprefix("/admin/functions/")
        await _one_function(gateway, description, name, scope, receive, send)
    else:
        await respond(send, 404, [])


async def _one_function(
    gateway: Gateway,
    description: Description,
    name: str,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    found = next((f for f in description.functions if f["name"].lower() == name.lower()), None)
    if found is None:
        await respond(send, 404, [])
    elif scope["method"] == "GET":
        await respond_json(send, 200, found)
    elif scope["method"] == "POST":
        await _run(gateway, found["name"], await read_body(receive), send)
    else:
        await respond(send, 405, [(b"allow", b"GET, POST")])


async def _run(gateway: Gateway, name: str, body: bytes, send: Send) -> None:
    try:
        document = json.loads(body) if body else {}
        text = document.get("input", "")
        if not isinstance(text, str):
            text = json.dumps(text)
        await gateway.invoke_by_name(name, text)
    except (ValueError, AttributeError):
        await respond_json(send, 400, {"message": 'expected {"input": "…"}'})
    except FuncyardError as fault:
        await respond_json(send, 400, fault.as_dict())
    else:
        await respond(send, 202, [])


def _authorised(gateway: Gateway, scope: Scope) -> bool:
    if (keys := gateway.keys) is not None:
        return keys.admit("admin", "", header(scope, b"x-functions-key"))
    host = header(scope, b"host")
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return not name or names_loopback(name)
