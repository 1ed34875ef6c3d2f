"""The generated storage script against a real Azurite that has a key of the project's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from azure.core.exceptions import HttpResponseError
from azure.data.tables import TableServiceClient
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueServiceClient
from tests.ports import free_ports

from funcyard.host.azurite.locate import Places, find
from funcyard.project.names import ACCOUNT, connection_string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.templates.conftest import Project

WELL_KNOWN_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
Ports = tuple[int, int, int]


@pytest.fixture(scope="module")
def ports(pipeline: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Ports of an Azurite that is still starting: the script has to wait for it."""
    first, second, third = free_ports(3)
    chosen = (first, second, third)
    azurite = find(
        Places(Path(sys.prefix), Path.home() / ".local" / "share", os.environ.get("PATH", ""))
    )
    blob, queue, table = (str(port) for port in chosen)
    options = ["--silent", "--disableTelemetry", "--skipApiVersionCheck", "--inMemoryPersistence"]
    options += ["--blobPort", blob, "--queuePort", queue, "--tablePort", table]
    process = subprocess.Popen(
        [azurite.node, azurite.main, *options],
        cwd=tmp_path_factory.mktemp("azurite"),
        env={**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{pipeline.key}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield chosen
    process.terminate()
    process.wait(20)


def init(project: Project, ports: Ports, key: str | None) -> subprocess.CompletedProcess[str]:
    blob, queue, table = (str(port) for port in ports)
    environment = {
        "PATH": os.environ["PATH"],
        "AZURITE_BLOB_PORT": blob,
        "AZURITE_QUEUE_PORT": queue,
        "AZURITE_TABLE_PORT": table,
    }
    if key is not None:
        environment["AZURITE_ACCOUNT_KEY"] = key
    return subprocess.run(
        ["sh", project.root / ".docker/scripts/init_azurite.sh"],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )


def test_the_script_makes_the_storage_of_the_spec_with_the_projects_own_key(
    pipeline: Project, ports: Ports
) -> None:
    first = init(pipeline, ports, pipeline.key)
    assert first.returncode == 0, first.stderr

    connection = connection_string(pipeline.key, host="127.0.0.1", ports=ports)
    storage = pipeline.spec.storage
    with BlobServiceClient.from_connection_string(connection) as blobs:
        containers = {container.name for container in blobs.list_containers()}
    assert containers == {item.name for item in storage.blob_containers}
    with QueueServiceClient.from_connection_string(connection) as queues:
        assert {queue.name for queue in queues.list_queues()} == {"processing-queue"}
    with TableServiceClient.from_connection_string(connection) as tables:
        assert {table.name for table in tables.list_tables()} == {"AuditLog", "ProcessingStatus"}

    again = init(pipeline, ports, pipeline.key)
    assert again.returncode == 0
    assert {line.rsplit(" ", 1)[-1] for line in again.stdout.splitlines()} == {"exists"}


def test_the_well_known_key_opens_nothing(pipeline: Project, ports: Ports) -> None:
    assert init(pipeline, ports, pipeline.key).returncode == 0
    connection = connection_string(WELL_KNOWN_KEY, host="127.0.0.1", ports=ports)
    with (
        BlobServiceClient.from_connection_string(connection, retry_total=0) as blobs,
        pytest.raises(HttpResponseError, match="AuthorizationFailure"),
    ):
        list(blobs.list_containers())


@pytest.mark.parametrize(
    ("key", "reason"),
    [(WELL_KNOWN_KEY, "Azurite answered 403"), (None, "AZURITE_ACCOUNT_KEY is not set")],
)
def test_the_script_fails_loudly(
    pipeline: Project, ports: Ports, key: str | None, reason: str
) -> None:
    assert init(pipeline, ports, pipeline.key).returncode == 0
    done = init(pipeline, ports, key)
    assert done.returncode == 1
    assert reason in done.stderr
