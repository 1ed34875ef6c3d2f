"""Services as processes of their own, as a person starts them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from azure.storage.fileshare import ShareClient, ShareServiceClient
from tests import local_azure
from tests.forked_command import command
from tests.forking import Forked
from tests.local_azure import LocalAzure

ACCOUNT = "devstoreaccount1"
OTHER = "otheraccount"
_PATIENCE = 20


@dataclass
class Files:
    """A file service that runs.

    Attributes:
        process: Of the service.
        location: Its folder.
        endpoints: Address of each account.
        key: Of every account.
        ready: What it said when it was.
    """

    process: Forked
    location: Path
    endpoints: dict[str, str]
    key: str
    ready: dict[str, object]

    @property
    def url(self) -> str:
        return self.endpoints[ACCOUNT]

    def client(self, account: str = ACCOUNT) -> ShareServiceClient:
        return ShareServiceClient(self.endpoints[account], credential=self.key, retry_total=0)

    def share(self, name: str) -> ShareClient:
        share = self.client().get_share_client(name)
        share.create_share()
        return share

    def folder(self, share: str) -> Path:
        return self.location / ACCOUNT / share

    def kill(self) -> None:
        """End it at once, wherever it is."""
        self.process.kill()
        self.process.wait(_PATIENCE)
        self.process.close()

    def end(self) -> None:
        """End it as a person does."""
        self.process.terminate()
        self.process.wait(_PATIENCE)
        self.process.close()


def start(location: Path, accounts: tuple[str, ...] = (ACCOUNT, OTHER)) -> Files:
    """Start the service on any free port and wait until it is ready."""
    words = ("emulator", "start", "files", "--json", "--port", "0", "--location", str(location))
    process = Forked(
        command(*words, *(f"--account={account}" for account in accounts)),
        environment={
            name: value for name, value in os.environ.items() if "EMULATOR_KEY" not in name
        },
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the service ended"
    ready = json.loads(line)
    key = (location / ".store" / "key").read_text(encoding="ascii")
    return Files(process, location, ready["endpoints"], key, ready)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Files]:
    """One service for all tests, each with shares of its own."""
    service = start(tmp_path_factory.mktemp("files"))
    yield service
    service.end()


@pytest.fixture(scope="session")
def apps_azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """One local Azure for all tests of Container Apps, each module with a group of its own."""
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "500")
    yield service
    service.end()


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Callable[[], Files]]:
    """Start services that a test ends itself, one after another on one folder."""
    started: list[Files] = []

    def begin() -> Files:
        started.append(start(tmp_path / "files"))
        return started[-1]

    yield begin
    for service in started:
        service.kill()
