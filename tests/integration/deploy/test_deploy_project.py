"""A generated project deployed to the local Azure by the command line, and taken away again."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from azure.storage.blob import BlobServiceClient
from tests.forked_command import funcyard

from funcyard.emulator.core import finding
from funcyard.emulator.running import NotServingError

_ROWS = "".join(f"A{number},name {number},TX,USA,30.5,-97.5\n" for number in range(700))
_FILE = f"iata,name,state,country,latitude,longitude\n{_ROWS}"
_ADDRESSES = 19
_PATIENCE_SECONDS = 30
_STEP_SECONDS = 0.1


@dataclass
class Project:
    """A project on the disk.

    Attributes:
        root: Its folder.
    """

    root: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that deploys, where nobody can be asked."""
        return funcyard("deploy", *arguments, cwd=self.root, without="AZURE_")

    def document(self, *arguments: str, status: int = 0) -> Any:  # noqa: ANN401 - JSON
        ended = self.run(*arguments, "--json")
        assert ended.returncode == status, ended.stderr
        return json.loads(ended.stdout)

    @property
    def azure(self) -> finding.Serving:
        return finding.find(self.root / ".funcyard" / "azure")

    @property
    def records(self) -> dict[str, Any]:
        state = self.root / ".funcyard" / "deploy" / "local" / "state.json"
        records = json.loads(state.read_text())["records"]
        return {one["address"]: one for one in records.values()}

    def call(self, app: str, path: str, body: object = None) -> tuple[int, Any]:
        """Call an app over HTTPS; return status and answer."""
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.records[f'{app}.site']['outputs']['url']}/api/{path}"
        trusting = ssl.create_default_context(cafile=self.azure.ca)
        direct = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
        )
        with direct.open(urllib.request.Request(url, data), timeout=30) as answer:
            return answer.status, json.load(answer)

    def settings(self, app: str) -> dict[str, str]:
        """Return the settings that an app has."""
        site = self.records[f"{app}.site"]["identity"]
        told = self._manager("POST", f"{site}/config/appsettings/list")
        found: dict[str, str] = told["properties"]
        return found

    def change_settings(self, app: str, **changes: str) -> None:
        """Change settings of an app behind the deployment's back."""
        site = self.records[f"{app}.site"]["identity"]
        whole = {"properties": self.settings(app) | changes}
        self._manager("PUT", f"{site}/config/appsettings", whole)

    def _manager(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        told = finding.settings(self.azure)
        trusting = ssl.create_default_context(cafile=told["SSL_CERT_FILE"])
        direct = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
        )
        grant = {
            "grant_type": "client_credentials",
            "client_id": told["AZURE_CLIENT_ID"],
            "client_secret": told["AZURE_CLIENT_SECRET"],
            "scope": "https://management.azure.com/.default",
        }
        asked = urllib.request.Request(
            f"{told['AZURE_AUTHORITY_HOST']}/{told['AZURE_TENANT_ID']}/oauth2/v2.0/token",
            urllib.parse.urlencode(grant).encode(),
        )
        with direct.open(asked, timeout=30) as answer:
            token = json.load(answer)["access_token"]
        request = urllib.request.Request(
            f"{told['FUNCYARD_AZURE_MANAGER']}{path}?api-version=2024-11-01",
            None if body is None else json.dumps(body).encode(),
            {"authorization": f"Bearer {token}", "content-type": "application/json"},
            method=method,
        )
        with direct.open(request, timeout=30) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A data pipeline that was deployed once."""
    folder = tmp_path_factory.mktemp("projects")
    funcyard("new", "shop", "--blueprint", "data-pipeline", "--yes", cwd=folder).check_returncode()
    made = Project(folder / "shop")
    (made.root / ".env").write_text(f"EXTERNAL_DATABASE={folder}/external.db\n")
    ended = made.run("up", "--svg", "deployment.svg")
    assert ended.returncode == 0, ended.stderr
    yield made
    if made.records:
        made.run("down", "--yes")


def _status(project: Project) -> str:
    status: str = project.call("orchestrator", "status/airports.csv")[1]["status"]
    return status


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(_STEP_SECONDS)


def test_what_was_deployed_works_over_https(project: Project) -> None:
    connection = project.settings("loader")["AzureWebJobsStorage"]
    with BlobServiceClient.from_connection_string(connection) as blobs:
        blobs.get_blob_client("raw", "airports.csv").upload_blob(_FILE)

    assert project.call("orchestrator", "orchestrate", {"filename": "airports.csv"})[0] == 202

    _until(lambda: _status(project) == "completed")
    assert project.call("loader", "loaded/airports.csv")[1]["rows"] == 700


def test_a_second_deployment_writes_nothing_and_everything_is_present(project: Project) -> None:
    report = project.document("up")
    assert [one["action"] for one in report["resources"]] == ["none"] * _ADDRESSES
    assert {one["app"]: one["functions"] for one in report["apps"]} == {
        "loader": ["load", "loaded"],
        "orchestrator": ["orchestrate", "split_file", "status"],
        "processor": ["process", "process_chunk"],
    }
    checked = project.document("check")["resources"]
    assert {one["state"] for one in checked} == {"present"}


def test_a_setting_changed_behind_its_back_is_found_and_mended(project: Project) -> None:
    project.change_settings(
        "processor", PALANTE_ENVIRONMENT="staging", EXTERNAL_DATABASE="/x", ADDED="1"
    )

    checked = {one["address"]: one for one in project.document("check", status=1)["resources"]}
    assert checked["processor.settings"]["state"] == "drifted"
    assert checked["processor.settings"]["differences"] == [
        "PALANTE_ENVIRONMENT: 'staging' → 'development'",
        "EXTERNAL_DATABASE: (secret) → (secret)",
    ]
    ended = project.run("up")
    assert ended.returncode == 0, ended.stderr
    assert f"{_ADDRESSES - 1} none, 1 update" in ended.stderr
    assert "external.db" not in ended.stdout + ended.stderr
    found = project.settings("processor")
    assert (found["PALANTE_ENVIRONMENT"], found["ADDED"]) == ("development", "1")
    assert found["EXTERNAL_DATABASE"].endswith("external.db")


def test_the_state_is_kept_from_git_and_holds_no_secret(project: Project) -> None:
    folder = project.root / ".funcyard"
    assert (folder / "deploy" / ".gitignore").read_text() == "*\n"
    assert (folder / "azure" / ".gitignore").read_text() == "*\n"
    kept = "".join(path.read_text() for path in (folder / "deploy" / "local").iterdir())
    assert "external.db" not in kept
    assert "AccountKey=" not in kept
    for name in ("deployment.svg", "deployment-timeline.svg"):
        assert "orchestrator.code" in (project.root / name).read_text()


def test_an_app_that_cannot_be_loaded_is_refused_before_anything_is_changed(
    project: Project,
) -> None:
    source = project.root / "functions" / "loader" / "function_app.py"
    before = source.read_text()
    source.write_text(f"import nothing_of_that_name\n{before}")
    try:
        told = project.document("up", status=1)
    finally:
        source.write_text(before)

    assert told["error"]["code"] == "no-functions"
    assert "function_app.py:1: ModuleNotFoundError" in told["error"]["message"]


def test_nothing_is_taken_away_where_nobody_can_be_asked(project: Project) -> None:
    ended = project.run("down")

    assert (ended.returncode, "error[not-asked]" in ended.stderr) == (2, True)
    assert len(project.records) == _ADDRESSES


def test_a_region_that_there_is_not_costs_nothing_even_where_nothing_is_asked(
    project: Project,
) -> None:
    ended = project.run("up", "--location", "nortgeurope", "--yes")
    assert (ended.returncode, "error[unknown-region]" in ended.stderr) == (2, True)
    assert project.records["group"]["pending"] is None


def test_taking_it_away_leaves_nothing(project: Project) -> None:
    azure = psutil.Process(project.azure.pid)
    running = [azure, *azure.children(recursive=True)]

    gone = project.document("down", "--yes")

    assert gone["is_good"]
    assert project.records == {}
    with pytest.raises(NotServingError):
        finding.find(project.root / ".funcyard" / "azure")
    psutil.wait_procs(running, timeout=20)
    assert [one for one in running if one.is_running()] == []
