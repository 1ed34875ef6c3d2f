"""The local Azure as a process of its own, as a person starts it."""

from __future__ import annotations

import functools
import http.client
import json
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from azure.identity import ClientSecretCredential
from azure.mgmt.resource.resources import ResourceManagementClient
from tests.forked_command import command
from tests.forking import Forked

from funcyard.emulator.core.finding import find, settings
from funcyard.emulator.identity.issuer import Issuer
from funcyard.emulator.identity.signing import SigningKey
from funcyard.emulator.identity.tenant import tenant_of
from funcyard.emulator.running import PRIVATE

COMMAND = (sys.executable, "-m", "funcyard", "emulator")
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
OTHER_SUBSCRIPTION = "00000000-0000-0000-0000-000000000002"
Client = TypeVar("Client")
_PATIENCE = 20
MANAGER = "https://management.azure.com"


@dataclass
class LocalAzure:
    """A local Azure that runs.

    Attributes:
        process: Of the service.
        location: Its folder.
        ready: What it said when it was.
        settings: What `funcyard emulator connection azure` prints.
    """

    process: Forked
    location: Path
    ready: dict[str, Any]
    settings: dict[str, str] = field(repr=False)

    @property
    def url(self) -> str:
        return self.settings["FUNCYARD_AZURE_MANAGER"]

    @property
    def ca(self) -> str:
        return self.settings["SSL_CERT_FILE"]

    @functools.cached_property
    def issuer(self) -> Issuer:
        """Who issues tokens in that location."""
        folder = self.location / PRIVATE
        return Issuer(tenant_of(folder), SigningKey.kept(folder), find(self.location).url)

    def credential(self) -> ClientSecretCredential:
        return ClientSecretCredential(
            self.settings["AZURE_TENANT_ID"],
            self.settings["AZURE_CLIENT_ID"],
            self.settings["AZURE_CLIENT_SECRET"],
            authority=self.settings["AZURE_AUTHORITY_HOST"],
            disable_instance_discovery=True,
            connection_verify=self.ca,
        )

    def client(
        self,
        kind: Callable[..., Client],
        subscription: str = SUBSCRIPTION,
        version: str | None = None,
    ) -> Client:
        """Return a client of Microsoft's for this Azure."""
        options = {} if version is None else {"api_version": version}
        return kind(
            self.credential(),
            subscription,
            base_url=self.url,
            connection_verify=self.ca,
            credential_scopes=[f"{MANAGER}/.default"],
            **options,
        )

    def resources(self, subscription: str = SUBSCRIPTION) -> ResourceManagementClient:
        return self.client(ResourceManagementClient, subscription)

    def ask(
        self, method: str, path: str, body: object = None, *, token: str | None = None, **more: str
    ) -> tuple[int, dict[str, str], Any]:
        """Send a request as it is; return status, headers and the body, read as JSON."""
        headers = {"content-type": "application/json", **more}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        address = path.removeprefix(self.url)
        try:
            answer = self._sent(method, address, data, headers)
        except (http.client.HTTPException, OSError):
            self._connection.close()  # it was idle for too long
            answer = self._sent(method, address, data, headers)
        content = answer.read()
        names = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, names, json.loads(content) if content else None

    def _sent(
        self, method: str, address: str, data: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        self._connection.request(method, address, data, headers)
        return self._connection.getresponse()

    def call(
        self, method: str, path: str, body: object = None, version: str = "2022-09-01"
    ) -> tuple[int, dict[str, str], Any]:
        """Send a request with a token of the application."""
        mark = "&" if "?" in path else "?"
        asked = path if "api-version=" in path else f"{path}{mark}api-version={version}"
        return self.ask(method, asked, body, token=self._token)

    @functools.cached_property
    def _token(self) -> str:
        return self.issuer.application_token(MANAGER)

    @functools.cached_property
    def _connection(self) -> http.client.HTTPSConnection:
        host = self.url.removeprefix("https://")
        trusting = ssl.create_default_context(cafile=self.ca)
        return http.client.HTTPSConnection(host, timeout=20, context=trusting)

    def kill(self) -> None:
        """End it at once, wherever it is."""
        self.process.kill()
        self._finish()

    def end(self) -> None:
        """End it as a person does."""
        self.process.terminate()
        self._finish()

    def _finish(self) -> None:
        self._connection.close()
        self.process.close(_PATIENCE)


def start(location: Path, *options: str) -> LocalAzure:
    """Start a local Azure on any free port and wait until it is ready."""
    words = ("emulator", "start", "azure", "--json", "--port", "0", "--location", str(location))
    process = Forked(command(*words, *options))
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the local Azure ended"
    ready = json.loads(line)
    return LocalAzure(process, location, ready, settings(find(location)))
