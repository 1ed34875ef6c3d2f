"""The workspace platform as a process of its own, spoken to from outside over HTTP.

It is started as a person does, with callers told by tokens of a real sign-in. Nothing here needs
pytest but the fixture at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urlsplit

import jwt
import pytest
from tests.local_vault import LocalVault

FUNCYARD: Final = Path(sys.executable).with_name("funcyard")
AUDIENCE: Final = "api://platform"
ADMIN: Final = "PlatformAdmin"
PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass
class RunningPlatform:
    """A platform that runs; ``with`` it.

    Attributes:
        root: Folder of the workspace and the state.
        environment: Variables of the process, besides the usual ones.
        token: What calls carry unless they say otherwise; None for none.
        files: Lie in the GLOBAL workspace before the start.
        listens: On that port; 0 for any.
    """

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    token: str | None = None
    files: dict[str, str] = field(default_factory=dict)
    listens: int = 0
    ready: dict[str, Any] = field(default_factory=dict, init=False)
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        for path, text in self.files.items():
            place = self.folder / "global" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def folder(self) -> Path:
        """The workspace's folder."""
        return self.root / "workspace"

    @property
    def log(self) -> Path:
        """What the process says."""
        return self.root / "log.ndjson"

    @property
    def port(self) -> int:
        """Where the API is."""
        return urlsplit(self.ready["workspace"]["url"]).port or 0

    @property
    def address(self) -> str:
        """Of the app, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.root.mkdir(parents=True, exist_ok=True)
        log = self.log.open("w", encoding="utf-8")
        with log:
            self._process = subprocess.Popen(
                [FUNCYARD, "workspace", "up", "--port", str(self.listens), "--json"],
                cwd=self.root,
                env=_plain_environment() | self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not (lines := self._lines()):
            assert self._process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "the platform does not become ready"
            time.sleep(0.05)
        self.ready = lines[0]

    def end(self) -> None:
        """End it as a person does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=PATIENCE)
            self._process = None

    def kill(self) -> None:
        """End it as the system does when memory is short."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=PATIENCE)
            self._process = None

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = "",
        headers: dict[str, str] | None = None,
        organization: str | None = None,
    ) -> Answer:
        """Send a request to ``/api`` as it is, and return its response.

        Args:
            method: Of HTTP.
            path: Below ``/api``, encoded as it shall be.
            body: Bytes, or what becomes JSON; None for none.
            token: None for none, empty for the usual one.
            headers: Besides those that follow from the rest.
            organization: For ``X-Organization-Id``.
        """
        sent = dict(headers or {})
        bearer = self.token if token == "" else token
        if bearer is not None:
            sent.setdefault("Authorization", f"Bearer {bearer}")
        if organization is not None:
            sent["X-Organization-Id"] = organization
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, f"/api{path}", data, sent)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read())
        finally:
            connection.close()

    def put(self, path: str, text: str, **more: Any) -> Answer:  # noqa: ANN401 - of a call
        """Write a file."""
        return self.call("PUT", f"/workspace/files/{quote(path)}", {"content": text}, **more)

    def run(self, workflow: str, given: dict[str, object] | None = None, **more: Any) -> Answer:  # noqa: ANN401
        """Execute a workflow and wait for it."""
        body = {"input": given or {}, "mode": "sync"}
        return self.call("POST", f"/workflows/{workflow}/executions", body, **more)

    def said(self) -> list[dict[str, Any]]:
        """Return what the process has said."""
        return self._lines()

    def _lines(self) -> list[dict[str, Any]]:
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]


@dataclass
class Callers:
    """Tokens of those who call.

    Attributes:
        admin: Of a platform admin.
        member: Of somebody who belongs to ``acme``.
        stranger: Of somebody who belongs to no organisation.
        former: Of somebody who belongs to ``old``, which is not active.
        member_key: What names the member.
        former_key: What names the one of ``old``.
    """

    admin: str
    member: str
    stranger: str
    former: str
    member_key: str
    former_key: str


def callers(vault: LocalVault) -> Callers:
    """Return tokens of the local sign-in."""
    issue = vault.issuer.user_token
    member, former = issue(AUDIENCE, "ann@acme"), issue(AUDIENCE, "ben@old")
    return Callers(
        admin=issue(AUDIENCE, "boss", roles=[ADMIN]),
        member=member,
        stranger=issue(AUDIENCE, "eve"),
        former=former,
        member_key=_key(member),
        former_key=_key(former),
    )


def _key(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return f"{claims['tid']}:{claims['oid']}"


def entra(vault: LocalVault) -> dict[str, str]:
    """Return the settings that have callers told by tokens of the local sign-in."""
    names = ("AZURE_AUTHORITY_HOST", "SSL_CERT_FILE")
    return {
        "FUNCYARD_AUTH": "entra",
        "FUNCYARD_ENTRA_TENANT": vault.settings["AZURE_TENANT_ID"],
        "FUNCYARD_ENTRA_AUDIENCE": AUDIENCE,
        **{name: vault.settings[name] for name in names},
    }


def eventually(ask: Callable[[], Any], fits: Callable[[Any], bool] = bool) -> Any:  # noqa: ANN401
    """Ask until the answer fits, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not fits(answer := ask()):
        assert time.monotonic() < deadline, f"still {answer}"
        time.sleep(0.05)
    return answer


def _plain_environment() -> dict[str, str]:
    names = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in names if name in os.environ}


GREET: Final = """
from funcyard.workflows.sdk import data_provider, param, workflow

@data_provider(name="colours")
def colours():
    return ["red", "blue"]

@workflow(name="greet", execution_mode="sync", endpoint_enabled=True)
@param("name", required=True)
def greet(context, name):
    context.logger.info("greeting %s", name)
    return f"Hello {name}"
"""


@pytest.fixture(scope="session")
def known_callers(vault: LocalVault) -> Callers:
    return callers(vault)


@pytest.fixture(scope="module")
def platform(vault: LocalVault, known_callers: Callers) -> Iterator[RunningPlatform]:
    """A platform with the organisations acme, other and (not active) old."""
    root = Path(tempfile.mkdtemp(prefix="funcyard-platform-"))
    running = RunningPlatform(
        root, entra(vault), known_callers.admin, files={"jobs/greet.py": GREET}
    )
    with running:
        for name in ("acme", "other", "old"):
            made = running.call("POST", "/organizations", {"id": name, "name": name.title()})
            assert made.status == 201, made.body
        members = {"acme": known_callers.member_key, "old": known_callers.former_key}
        for name, key in members.items():
            path = f"/organizations/{name}/members/{quote(key)}"
            assert running.call("PUT", path).status == 204
        assert running.call("PATCH", "/organizations/old", {"isActive": False}).status == 200
        yield running
    shutil.rmtree(root, ignore_errors=True)
