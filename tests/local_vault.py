"""The vault service and its sign-in as a process of its own, as a person starts it."""

from __future__ import annotations

import json
import ssl
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azure.identity import ClientSecretCredential
from azure.keyvault.secrets import SecretClient
from azure.keyvault.secrets._shared import HttpChallengeCache
from tests.forked_command import command, funcyard
from tests.forking import Forked

from funcyard.emulator.identity.issuer import Issuer
from funcyard.emulator.vault.service import issuer_of

COMMAND = (sys.executable, "-m", "funcyard", "emulator")
_PATIENCE = 20


@dataclass
class LocalVault:
    """A vault service that runs.

    Attributes:
        process: Of the service.
        location: Its folder.
        ready: What it said when it was.
        settings: What `funcyard emulator connection vault` prints.
    """

    process: Forked
    location: Path
    ready: dict[str, Any]
    settings: dict[str, str] = field(repr=False)

    @property
    def url(self) -> str:
        return self.settings["AZURE_KEYVAULT_URL"]

    @property
    def ca(self) -> str:
        return self.settings["SSL_CERT_FILE"]

    @property
    def issuer(self) -> Issuer:
        return issuer_of(self.location)

    def sign_in(self) -> dict[str, Any]:
        """Return what a credential of azure-identity takes."""
        return {
            "tenant_id": self.settings["AZURE_TENANT_ID"],
            "client_id": self.settings["AZURE_CLIENT_ID"],
            "client_secret": self.settings["AZURE_CLIENT_SECRET"],
            "authority": self.settings["AZURE_AUTHORITY_HOST"],
            "disable_instance_discovery": True,
            "connection_verify": self.ca,
        }

    def client(self, **options: bool | int | str) -> SecretClient:
        HttpChallengeCache.clear()
        given: dict[str, Any] = {
            "verify_challenge_resource": False,
            "connection_verify": self.ca,
            **options,
        }
        return SecretClient(self.url, ClientSecretCredential(**self.sign_in()), **given)

    def ask(
        self, method: str, path: str, body: object = None, *, token: str | None = None, **more: str
    ) -> tuple[int, dict[str, str], Any]:
        """Send a request as it is; return status, headers and the body, read as JSON."""
        headers = {"content-type": "application/json", **more}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        trusting = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.ca))
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), trusting)
        try:
            answer = direct.open(request, timeout=20)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            content = answer.read()
            names = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, names, json.loads(content) if content else None

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Send a request with a token of the application; return status and body."""
        token = self.issuer.application_token("https://vault.azure.net")
        mark = "&" if "?" in path else "?"
        status, _, answered = self.ask(method, f"{path}{mark}api-version=7.4", body, token=token)
        return status, answered

    def kill(self) -> None:
        """End it at once, wherever it is."""
        self.process.kill()
        self._finish()

    def end(self) -> None:
        """End it as a person does."""
        self.process.terminate()
        self._finish()

    def _finish(self) -> None:
        self.process.wait(_PATIENCE)
        self.process.close()


def start(location: Path, *options: str) -> LocalVault:
    """Start the service on any free port and wait until it is ready."""
    words = ("emulator", "start", "vault", "--json", "--port", "0", "--location", str(location))
    process = Forked(command(*words, *options))
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the service ended"
    ready = json.loads(line)
    connection = funcyard(
        *("emulator", "connection", "vault", "--json", "--location", location), cwd=Path.cwd()
    )
    return LocalVault(process, location, ready, json.loads(connection.stdout))
