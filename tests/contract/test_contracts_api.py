"""The contracts over HTTP: what the running app serves is what is written, for whom it may."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.conftest import ROOT
from tests.platform_contracts import CONTRACTS, FOLDER
from tests.running_platform import Callers, RunningPlatform, known_callers, platform

__all__ = ["known_callers", "platform"]


def test_every_contract_is_listed_where_it_can_be_fetched(
    platform: RunningPlatform, known_callers: Callers
) -> None:
    listed = platform.call("GET", "/openapi", token=known_callers.member).json["contracts"]
    assert [one["name"] for one in listed] == CONTRACTS
    for one in listed:
        path = one["url"].removeprefix("/api")
        answer = platform.call("GET", path, token=known_callers.member)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/yaml")
        assert answer.body == (FOLDER / one["name"]).read_bytes()
        assert answer.headers["etag"] == f'"{hashlib.sha256(answer.body).hexdigest()}"'


def test_the_contract_that_is_served_tells_where_it_is_served(platform: RunningPlatform) -> None:
    answer = platform.call("GET", "/openapi/contracts-api.yaml")
    document = YAML(typ="safe").load(answer.body)
    assert document["openapi"].startswith("3.1")
    (server,) = document["servers"]
    paths = [f"{server['url']}{path}" for path in document["paths"]]
    assert paths == ["/api/openapi", "/api/openapi/{name}"]


def test_a_contract_that_the_caller_has_is_not_sent_again(platform: RunningPlatform) -> None:
    path = f"/openapi/{CONTRACTS[0]}"
    tag = platform.call("GET", path).headers["etag"]
    again = platform.call("GET", path, headers={"If-None-Match": tag})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)


@pytest.mark.parametrize(
    "name", ["none.yaml", "..%2Fdata-model.md", "%2e%2e", "github-sync-api", "%00.yaml"]
)
def test_nothing_but_a_contract_is_served(platform: RunningPlatform, name: str) -> None:
    answer = platform.call("GET", f"/openapi/{name}")
    assert answer.status == 404
    assert b"tables" not in answer.body


def test_a_package_that_is_built_holds_what_it_serves(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as wheel:
        for name in CONTRACTS:
            held = wheel.read(f"funcyard/workspace_contracts/{name}")
            assert held == (ROOT / "specs" / "contracts" / name).read_bytes()
