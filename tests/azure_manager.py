"""A stand-in for sign-in and Azure Resource Manager over HTTPS, which replays recorded answers."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
GROUP = "haymaker-dev"
APP = "orch-dev"
ENVIRONMENT = "haymaker-cae"
APP_ID = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
    f"/providers/Microsoft.App/containerApps/{APP}"
)
ENVIRONMENT_ID = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
    f"/providers/Microsoft.App/managedEnvironments/{ENVIRONMENT}"
)
TENANT, CLIENT, SECRET, TOKEN = "11111111-0000-4000-8000-000000000002", "client", "s3cret", "t0ken"

TORN = 0
"""A status: none, since the connection ends before there is an answer."""

_RECORDED = json.loads(
    (Path(__file__).parent / "contract" / "container_apps" / "recorded.json").read_text("utf-8")
)["exchanges"]
_NAMES = {
    "{subscriptionId}": SUBSCRIPTION,
    "{resourceGroup}": GROUP,
    "{envResourceGroup}": GROUP,
    "{name}": APP,
    "{envName}": ENVIRONMENT,
}


@dataclass
class Answer:
    """An answer of Resource Manager.

    Attributes:
        status: Of HTTP.
        body: What is told as JSON; a text as it is.
        headers: Those that there are besides.
        after: Seconds until it is given.
    """

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0


def recorded(name: str) -> Answer:
    """A recorded answer with the names of these tests."""
    exchange = _RECORDED[name]
    text = json.dumps(exchange["response_body"])
    for placeholder, meant in _NAMES.items():
        text = text.replace(placeholder, meant)
    return Answer(exchange["status"], json.loads(text), dict(exchange["response_headers"]))


def changed(answer: Answer, path: str, value: Any) -> Answer:  # noqa: ANN401 - JSON
    """The answer with another value at a path such as ``properties.template.scale``."""
    other = copy.deepcopy(answer)
    *holders, last = (int(part) if part.isdigit() else part for part in path.split("."))
    here = other.body
    for part in holders:
        here = here[part]
    here[last] = value
    return other


@dataclass
class Manager:
    """What Resource Manager answers.

    Attributes:
        answers: By path without query, in lower case; of other methods than GET with the method
            before it.
        then: What is answered from the next time on, one after another, by the same names.
        asked: Paths with the API version, in order of arrival.
        sent: Bodies that were sent, in order of arrival.
        settings: What the environment holds of those who ask.
    """

    answers: dict[str, Answer]
    then: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    def answer(self, name: str, path: str) -> Answer:
        """Return what is answered now."""
        found = self.answers.get(name, _missing(path))
        if self.then.get(name):
            self.answers[name] = self.then[name].pop(0)
        return found


def app_answer(name: str = "container_app_get_succeeded_ingress", host: str = "") -> Answer:
    """A recorded app, which answers at the given host and port, or within its environment only."""
    answer = changed(recorded(name), "properties.configuration.ingress.external", bool(host))
    return changed(answer, "properties.configuration.ingress.fqdn", host)


def container_app(
    *,
    app: Answer | None = None,
    environment: Answer | None = None,
    states: Answer | None = None,
    revisions: Answer | None = None,
) -> dict[str, Answer]:
    """The answers for one container app: as recorded, but for those that a test gives."""
    answers = {
        APP_ID: app or app_answer(),
        f"{APP_ID}/revisions": revisions or recorded("revisions_list"),
        ENVIRONMENT_ID: environment or recorded("environment_get_succeeded_dedicated_profile_2024"),
        f"{ENVIRONMENT_ID}/workloadProfileStates": states
        or recorded("environment_workload_profile_states"),
    }
    return {path.lower(): answer for path, answer in answers.items()}


def e16(*, most: int = 1, least: int = 0, host: str = "") -> dict[str, Answer]:
    """The recorded answers with the numbers of the journey: E16, a replica as large as a node."""
    resources = {"cpu": 16.0, "memory": "128Gi"}
    app = app_answer(host=host)
    app = changed(app, "properties.workloadProfileName", "E16")
    app = changed(app, "properties.template.containers.0.resources", resources)
    app = changed(app, "properties.template.scale", {"minReplicas": least, "maxReplicas": 1})
    app = changed(app, "properties.template.containers.0.image", "haymaker.azurecr.io/orch:1")
    profile = {"name": "E16", "workloadProfileType": "E16", "minimumCount": 1, "maximumCount": most}
    environment = changed(
        recorded("environment_get_succeeded_dedicated_profile_2024"),
        "properties.workloadProfiles",
        [{"workloadProfileType": "Consumption", "name": "Consumption"}, profile],
    )
    state = {
        "id": f"{ENVIRONMENT_ID}/workloadProfileStates/E16",
        "name": "E16",
        "type": "E16",
        "properties": {"minimumCount": 1, "maximumCount": most, "currentCount": 1},
    }
    revision = recorded("revisions_list").body["value"][0]
    revision["name"] = app.body["properties"]["latestReadyRevisionName"]
    revision["properties"]["template"] = app.body["properties"]["template"]
    return container_app(
        app=app,
        environment=environment,
        states=Answer(200, {"value": [state]}),
        revisions=Answer(200, {"value": [revision]}),
    )


class _Server(ThreadingHTTPServer):
    """Answers with what a manager holds."""

    def __init__(self, manager: Manager) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.manager = manager


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            here = f"https://localhost:{self.server.server_port}/{TENANT}"
            endpoints = {
                "issuer": f"{here}/v2.0",
                "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
                "token_endpoint": f"{here}/oauth2/v2.0/token",
            }
            self._send(Answer(200, endpoints))
            return
        self.server.manager.asked.append(self.path)
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            self._send(Answer(401, {"error": {"code": "InvalidAuthenticationToken"}}))
        else:
            self._send(self.server.manager.answer(path.lower(), path))

    def do_PUT(self) -> None:
        self.server.manager.sent.append(
            self.rfile.read(int(self.headers.get("content-length") or 0))
        )
        path = urlsplit(self.path).path
        self.server.manager.asked.append(f"{self.command} {self.path}")
        self._send(self.server.manager.answer(f"{self.command} {path.lower()}", path))

    def do_DELETE(self) -> None:
        self.do_PUT()

    def do_PATCH(self) -> None:
        self.do_PUT()

    def do_POST(self) -> None:
        if not self.path.startswith(f"/{TENANT}/"):
            self.do_PUT()
            return
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        given = parse_qs(body)
        if given.get("client_secret") != [SECRET]:
            self._send(
                Answer(401, {"error": "invalid_client", "error_description": "AADSTS7000215"})
            )
            return
        token = {"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN}
        self._send(Answer(200, token))

    def _send(self, answer: Answer) -> None:
        time.sleep(answer.after)
        if answer.status == TORN:
            self.close_connection = True
            return
        answer = answer if answer.body is not None else replace(answer, body="")
        is_text = isinstance(answer.body, str)
        body = answer.body if is_text else json.dumps(answer.body)
        kind = "text/html" if is_text else "application/json; charset=utf-8"
        headers = {"content-type": kind, **answer.headers, "content-length": str(len(body))}
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        del format, args


@contextlib.contextmanager
def managing(folder: Path, answers: dict[str, Answer]) -> Iterator[Manager]:
    """Answer until the block is left; the folder gets ca.pem, and server.pem of localhost."""
    manager = Manager(answers)

    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server = _Server(manager)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    manager.settings = {
        "AZURE_AUTHORITY_HOST": f"https://localhost:{server.server_port}",
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_CLIENT_SECRET": SECRET,
        "SSL_CERT_FILE": str(folder / "ca.pem"),
    }
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield manager
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _missing(path: str) -> Answer:
    """What the gateway answers for a resource that is not there."""
    found = re.search(r"/providers/(.+)$", path)
    answer = recorded("environment_get_missing")
    message = f"The Resource '{found[1] if found else path}' was not found."
    return changed(answer, "error.message", message)
