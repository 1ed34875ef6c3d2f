"""The local Azure from the command line: what it keeps, what it says, how it ends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests import local_azure
from tests.local_azure import COMMAND, SUBSCRIPTION

_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g"


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False)


def test_what_was_answered_survives_a_kill_and_operations_go_on(tmp_path: Path) -> None:
    location = tmp_path / "location"
    first = local_azure.start(location)
    try:
        assert first.call("PUT", _GROUP, {"location": "westus"})[0] == 201
        assert first.call("PUT", f"{_GROUP}-2", {"location": "westus"})[0] == 201
        status, headers, _ = first.call("DELETE", _GROUP)
        assert (status, headers["retry-after"]) == (202, "15")
        assert first.call("PUT", _GROUP, {"location": "westus"})[0] == 409
    finally:
        first.kill()
    second = local_azure.start(location, "--scale", "1000")
    try:
        assert second.settings["AZURE_CLIENT_SECRET"] == first.settings["AZURE_CLIENT_SECRET"]
        deleting = second.call("GET", _GROUP)
        assert deleting[2]["properties"]["provisioningState"] == "Deleting"
        assert second.call("GET", f"{_GROUP}-2")[0] == 200
        status, again, _ = second.call("GET", headers["location"].replace(first.url, second.url))
        assert (status, bool(again["location"])) == (202, True)
    finally:
        second.kill()


def test_a_location_is_shown_ended_and_reset(tmp_path: Path) -> None:
    location = ("--location", str(tmp_path / "location"))
    azure = local_azure.start(tmp_path / "location")
    try:
        assert azure.call("PUT", _GROUP, {"location": "westus"})[0] == 201
        shown = json.loads(_run("status", "azure", "--json", *location).stdout)
        assert shown["endpoints"] == {"manager": azure.url}
        lines = _run("connection", "azure", *location).stdout.splitlines()
        assert f"FUNCYARD_AZURE_MANAGER={azure.url}" in lines
        busy = _run("reset", "azure", *location)
        assert (busy.returncode, "another process" in busy.stderr) == (1, True)
        assert _run("stop", "azure", *location).returncode == 0
    finally:
        azure.end()
    assert _run("status", "azure", *location).returncode == 1
    assert _run("reset", "azure", *location).returncode == 0
    again = local_azure.start(tmp_path / "location")
    try:
        assert again.call("GET", _GROUP)[0] == 404
        assert again.settings["AZURE_TENANT_ID"] == azure.settings["AZURE_TENANT_ID"]
    finally:
        again.end()


def test_a_folder_that_is_no_location_is_not_emptied(tmp_path: Path) -> None:
    kept = tmp_path / "vault" / "notes.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    refused = _run("reset", "azure", "--location", str(tmp_path))
    assert (refused.returncode, "no folder of a local Azure" in refused.stderr) == (1, True)
    assert kept.read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--address", "0.0.0.0"), "bad-address"),  # noqa: S104 - refused
        (("--faults", "colour=1"), "bad-faults"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, options: tuple[str, ...], code: str
) -> None:
    refused = _run("start", "azure", "--location", str(tmp_path / "location"), *options)
    assert (refused.returncode, code in refused.stderr) == (2, True)


def test_two_processes_do_not_serve_one_location(tmp_path: Path) -> None:
    azure = local_azure.start(tmp_path / "location")
    try:
        refused = _run("start", "azure", "--port", "0", "--location", str(tmp_path / "location"))
        assert (refused.returncode, "another process" in refused.stderr) == (1, True)
    finally:
        azure.end()
