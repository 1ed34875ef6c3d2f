"""Container Apps of a local Azure, as its tests make them."""

from __future__ import annotations

import http.client
import json
import ssl
import sys
import time
from collections.abc import Callable
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from azure.mgmt.appcontainers import ContainerAppsAPIClient
from tests.local_azure import SUBSCRIPTION, LocalAzure

VERSION: Final = "2025-07-01"
CONSUMPTION: Final = {"workloadProfileType": "Consumption", "name": "Consumption"}
QUICKSTART: Final = "mcr.microsoft.com/k8se/quickstart:latest"
PATIENCE: Final = 30
_STEP: Final = 0.05
_SERVER: Final = """
import http.server, os, signal, sys
{before}
class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = {word!r}.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *told):
        pass
signal.signal(signal.SIGTERM, lambda *told: os._exit(0))
print("serving", {word!r}, flush=True)
port = {port} if {port} >= 1024 else {port} + 20000
http.server.ThreadingHTTPServer((os.environ["HOST"], port), App).serve_forever()
"""


def client(azure: LocalAzure) -> ContainerAppsAPIClient:
    """Return Microsoft's client."""
    return azure.client(ContainerAppsAPIClient)


def path(group: str, kind: str, name: str) -> str:
    """Return the id of a resource."""
    where = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}"
    return f"{where}/providers/Microsoft.App/{kind}/{name}"


def good(answer: tuple[int, dict[str, str], Any]) -> Any:  # noqa: ANN401 - JSON
    """Return the body of an answer that must not refuse."""
    status, _, body = answer
    assert status < 300, body
    return body


def profile(kind: str, least: int, most: int) -> dict[str, object]:
    """Return a dedicated profile called like its kind."""
    counts = {"minimumCount": least, "maximumCount": most}
    return {"name": kind, "workloadProfileType": kind, **counts}


def until(ask: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - JSON
    """Ask again and again until an answer is as it should be; return it."""
    deadline = time.monotonic() + PATIENCE
    while not holds(found := ask()):
        assert time.monotonic() < deadline, found
        time.sleep(_STEP)
    return found


def put(azure: LocalAzure, where: str, properties: dict[str, Any], **more: object) -> Any:  # noqa: ANN401 - JSON
    """Make or replace a resource, and wait until that has ended."""
    body = {"location": "eastus", "properties": properties, **more}
    good(azure.call("PUT", where, body, VERSION))
    return settled(azure, where)


def patch(azure: LocalAzure, where: str, properties: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Change a resource, and wait until that has ended."""
    good(azure.call("PATCH", where, {"properties": properties}, VERSION))
    return settled(azure, where)


def settled(azure: LocalAzure, where: str) -> Any:  # noqa: ANN401 - JSON
    """Return a resource once the change that goes on of it has ended."""
    return until(
        lambda: good(azure.call("GET", where, None, VERSION)),
        lambda one: one["properties"]["provisioningState"] in {"Succeeded", "Failed"},
    )


def environment(azure: LocalAzure, group: str, name: str, *profiles: dict[str, object]) -> str:
    """Make an environment with profiles; return its id."""
    where = path(group, "managedEnvironments", name)
    put(azure, where, {"workloadProfiles": [CONSUMPTION, *profiles]})
    return where


def container(name: str = "main", image: str = QUICKSTART, **more: object) -> dict[str, object]:
    """Return a container of a template."""
    return {"name": name, "image": image, **more}


def app(
    azure: LocalAzure,
    where: str,
    environment_id: str,
    template: dict[str, Any] | None = None,
    *,
    profile_name: str = "Consumption",
    **configuration: object,
) -> Any:  # noqa: ANN401 - JSON
    """Make or replace an app; return it as it then is."""
    properties = {
        "environmentId": environment_id,
        "workloadProfileName": profile_name,
        "configuration": configuration,
        "template": {"containers": [container()], "scale": {"minReplicas": 1}, **(template or {})},
    }
    return put(azure, where, properties)


def revisions(azure: LocalAzure, where: str) -> list[Any]:
    """Return what is told of an app's revisions, the oldest first."""
    listed: list[Any] = good(azure.call("GET", f"{where}/revisions", None, VERSION))["value"]
    return listed


class Stream:
    """A stream of the data plane, read line by line.

    Args:
        azure: Where.
        url: As the Resource Manager tells it.
        token: For it; none is sent where that is empty.
        query: How it is wanted.
    """

    def __init__(self, azure: LocalAzure, url: str, token: str, **query: object) -> None:
        parts = urlsplit(url)
        trust = ssl.create_default_context(cafile=azure.ca)
        self._connection = http.client.HTTPSConnection(
            parts.netloc, timeout=PATIENCE, context=trust
        )
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._connection.request("GET", f"{parts.path}?{urlencode(query)}", headers=headers)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status

    def line(self) -> Any:  # noqa: ANN401 - JSON
        """Return the next line; None where there is none any more."""
        found = self._answer.readline()
        return json.loads(found) if found else None

    def lines(self) -> list[Any]:
        """Return all that is left, read to its end."""
        return list(iter(self.line, None))

    def text(self) -> str:
        """Return all that is left, as it is."""
        return self._answer.read().decode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it."""
        self._answer.close()
        self._connection.close()


def token(azure: LocalAzure, where: str) -> str:
    """Return a token for the streams of an app or an environment."""
    told = good(azure.call("POST", f"{where}/getAuthToken", None, VERSION))
    return str(told["properties"]["token"])


def serving(word: str, *more: str, port: int = 80) -> dict[str, object]:
    """Return a container that answers every request with a word, after it ran a line of Python."""
    program = _SERVER.format(word=word, port=port, before="\n".join(more))
    return container(command=[sys.executable, "-I", "-c", program])


def running(program: str) -> dict[str, object]:
    """Return a container that runs a program of Python."""
    return container(command=[sys.executable, "-I", "-c", program])


def asked(azure: LocalAzure, host: str, path: str = "/", **headers: str) -> tuple[int, str]:
    """Ask an app; return the status and the body."""
    trust = ssl.create_default_context(cafile=azure.ca)
    connection = http.client.HTTPSConnection(host, timeout=PATIENCE, context=trust)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def told(azure: LocalAzure, where: str) -> list[Any]:
    """Return the events of an app or an environment, the oldest first."""
    address = good(azure.call("GET", where, None, VERSION))["properties"]["eventStreamEndpoint"]
    with Stream(azure, address, token(azure, where), tailLines=300) as stream:
        return stream.lines()[2:]


def revision_until(azure: LocalAzure, where: str, suffix: str, state: str) -> Any:  # noqa: ANN401 - JSON
    """Wait until a revision is in a running state; return what is told of it."""
    name = f"{where.rpartition('/')[2]}--{suffix}"
    return until(
        lambda: good(azure.call("GET", f"{where}/revisions/{name}", None, VERSION))["properties"],
        lambda one: one["runningState"] == state,
    )
