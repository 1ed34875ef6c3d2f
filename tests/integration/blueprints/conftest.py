"""The data pipeline's apps as real processes beside a real Azurite, driven by the test."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient

from funcyard.project.catalog import blueprint
from funcyard.project.dependencies import starting_lock
from funcyard.project.reading import parse_spec
from funcyard.project.renderer import Inputs, render

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTAINERS = ("raw", "queued", "processed", "loaded")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TABLES = ("AuditLog", "ProcessingStatus")
_SERVER = Path(__file__).with_name("app_server.py")


@dataclass
class Reply:
    """What an app answered."""

    status: int
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.text)


@dataclass
class App:
    """One app's process."""

    process: subprocess.Popen[str]
    url: str

    def call(self, path: str, body: bytes | object | None = None, method: str = "POST") -> Reply:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data if method == "POST" else None, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Reply(response.status, response.read().decode())
        except urllib.error.HTTPError as fault:
            with fault:
                return Reply(fault.code, fault.read().decode())

    def get(self, path: str) -> Reply:
        return self.call(path, method="GET")

    def invoke(self, function: str, body: bytes = b"", blob: str = "") -> Reply:
        return self.call(f"/invoke/{function}?{quote(blob)}", body)


@dataclass
class Pipeline:
    """A project of the blueprint, its environment, and a storage emulator."""

    project: Path
    python: Path
    connection: str
    database: Path
    apps: dict[str, App] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.blobs = BlobServiceClient.from_connection_string(self.connection)
        self.tables = TableServiceClient.from_connection_string(self.connection)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self.project / "data-utils" / "src"),
            "AzureWebJobsStorage": self.connection,
            "EXTERNAL_DATABASE": str(self.database),
            "FIRST_WAIT": "0.05",
        }

    @contextmanager
    def running(self, name: str, **settings: str) -> Iterator[App]:
        """Run one app; the block ends it."""
        process = subprocess.Popen(
            [self.python, "-W", "ignore", _SERVER],
            cwd=self.project / "functions" / name,
            env=self.environment() | settings,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        with process:
            try:
                port = int(process.stdout.readline())
                yield App(process, f"http://127.0.0.1:{port}")
            finally:
                process.kill()

    @property
    def orchestrator(self) -> App:
        return self.apps["orchestrator"]

    @property
    def processor(self) -> App:
        return self.apps["processor"]

    @property
    def loader(self) -> App:
        return self.apps["loader"]

    def upload(self, name: str, content: bytes, container: str = "raw") -> None:
        self.blobs.get_blob_client(container, name).upload_blob(content, overwrite=True)

    def names(self, container: str, prefix: str = "") -> list[str]:
        return list(
            self.blobs.get_container_client(container).list_blob_names(name_starts_with=prefix)
        )

    def announce(self, name: str) -> bytes:
        """Announce a file and return the message that was put on the queue."""
        reply = self.orchestrator.call("/api/orchestrate", {"filename": name})
        assert reply.status == 202, reply
        messages: list[str] = self.orchestrator.call("/outputs").json
        assert len(messages) == 1
        return messages[0].encode()

    def split(self, message: bytes) -> None:
        assert self.orchestrator.invoke("split_file", message).status == 200

    def process_all(self, name: str) -> None:
        """Play the blob trigger for every chunk of a file."""
        for chunk in self.names("queued", f"{name}/"):
            reply = self.processor.invoke("process_chunk", blob=f"queued/{chunk}")
            assert reply.status == 200, reply

    def run_through(self, name: str, content: bytes) -> None:
        self.upload(name, content)
        self.split(self.announce(name))
        self.process_all(name)

    @contextmanager
    def triggers(self) -> Iterator[None]:
        """Play the host while the block runs: queue messages, and blobs as they are written."""
        over = threading.Event()
        host = threading.Thread(target=self._play_host, args=(over,))
        host.start()
        try:
            yield
        finally:
            over.set()
            host.join()

    def _play_host(self, over: threading.Event) -> None:
        receipts = set()
        queued = self.blobs.get_container_client("queued")
        while not over.wait(0.05):
            for message in self.orchestrator.call("/outputs").json:
                self.orchestrator.invoke("split_file", message.encode())
            for blob in queued.list_blobs():
                if (blob.name, blob.etag) not in receipts:
                    receipts.add((blob.name, blob.etag))
                    self.processor.invoke("process_chunk", blob=f"queued/{blob.name}")

    def status(self, name: str) -> Any:  # noqa: ANN401 - JSON
        return self.orchestrator.get(f"/api/status/{quote(name)}").json

    def loaded(self, name: str) -> Any:  # noqa: ANN401 - JSON
        return self.loader.get(f"/api/loaded/{quote(name)}").json

    def audit(self, name: str, hop: str) -> list[dict[str, Any]]:
        found = self.tables.get_table_client("AuditLog").query_entities(
            "PartitionKey eq @name and hop eq @hop", parameters={"name": name, "hop": hop}
        )
        return [dict(entity) for entity in found]


@pytest.fixture(scope="session")
def app_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with what the apps' lock holds; one for all workers of a test run."""
    own = tmp_path_factory.getbasetemp()
    root = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = root / "app-environment"
    with (root / "app-environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            aside = root / "app-environment.part"
            requirements = root / "app-requirements.txt"
            requirements.write_text(starting_lock(blueprint("data-pipeline").dependency_set).hashed)
            uv = Path(sys.executable).with_name("uv")
            subprocess.run([uv, "venv", "-q", "-p", sys.executable, aside], check=True)
            install = [str(uv), "pip", "install", "-q", "-p", str(aside / "bin" / "python")]
            subprocess.run([*install, "--require-hashes", "-r", str(requirements)], check=True)
            subprocess.run([*install, "pytest"], check=True)
            aside.rename(folder)
    return folder / "bin" / "python"


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the blueprint, as `funcyard new` renders it."""
    folder = tmp_path_factory.mktemp("project")
    origin = blueprint("data-pipeline")
    spec = parse_spec(origin.spec_text, today=NOW.date()).spec
    key = base64.b64encode(bytes(64)).decode()
    for file in render(spec, Inputs(key, NOW, origin)):
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
    return folder


@pytest.fixture(scope="session")
def storage(connection: str) -> str:
    """A connection string of a running Azurite that holds what the blueprint's spec names."""
    with BlobServiceClient.from_connection_string(connection) as blobs:
        for container in CONTAINERS:
            blobs.create_container(container)
    with TableServiceClient.from_connection_string(connection) as tables:
        for table in TABLES:
            tables.create_table(table)
    return connection


@pytest.fixture(scope="session")
def pipeline(
    project: Path, app_python: Path, storage: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pipeline]:
    """The three apps, running. Tests share them, each with files of its own."""
    database = tmp_path_factory.mktemp("external") / "external.db"
    pipeline = Pipeline(project, app_python, storage, database)
    with (
        pipeline.running("orchestrator") as orchestrator,
        pipeline.running("loader") as loader,
        pipeline.running("processor", LOADER_URL=loader.url) as processor,
    ):
        pipeline.apps = {
            "orchestrator": orchestrator,
            "processor": processor,
            "loader": loader,
        }
        yield pipeline
    pipeline.blobs.close()
    pipeline.tables.close()


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port at which nobody answers, kept for a server that the test may start."""
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]
