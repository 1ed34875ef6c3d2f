"""The commands around the file service, as a person types them."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from azure.storage.fileshare import ShareServiceClient
from tests.forked_command import funcyard
from tests.integration.emulator.conftest import ACCOUNT, OTHER, Files


def _run(
    *arguments: str | Path, key: str | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {} if key is None else {"FUNCYARD_EMULATOR_KEY": key}
    return funcyard("emulator", *arguments, cwd=folder or Path.cwd(), **environment)


def test_it_is_found_shown_connected_to_and_stopped(starting: Callable[[], Files]) -> None:
    files = starting()
    where = ("--location", files.location)
    shown = json.loads(_run("status", "files", *where, "--json").stdout)
    assert shown == {"service": "files", "pid": files.process.pid, "endpoints": files.endpoints}
    assert files.url in _run("status", *where).stdout

    connection = _run("connection", "files", *where).stdout.strip()
    with ShareServiceClient.from_connection_string(connection) as service:
        assert list(service.list_shares()) == []
    other = json.loads(_run("connection", *where, "--account", OTHER, "--json").stdout)
    assert f"AccountName={OTHER};" in other["connection_string"]
    assert _run("connection", *where, "--account", "nobody").returncode == 2

    stopped = _run("stop", "files", *where)
    assert stopped.stdout == f"stopped process {files.process.pid}\n"
    assert files.process.wait(10) == 0
    for command in ("status", "stop", "connection"):
        refused = _run(command, *where)
        assert (refused.returncode, "error[not-serving]" in refused.stderr) == (1, True)


def test_the_key_is_its_owner_s_alone(files: Files) -> None:
    private = files.location / ".store"
    for path in (private / "key", private / "serving.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert files.key not in _run("status", "--location", files.location, "--json").stdout


def test_a_killed_service_misleads_nobody(starting: Callable[[], Files]) -> None:
    files = starting()
    files.kill()
    assert (files.location / ".store" / "serving.json").exists()
    assert _run("status", "--location", files.location).returncode == 1
    assert starting().ready["recovered"] == 0


def test_without_a_location_the_data_lies_in_the_project_and_no_key_in_a_command_line(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "funcyard", "emulator", "start", "files", "--port", "0"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().endswith(f"/{ACCOUNT}\n")
    words = Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8")
    assert "files" in words
    assert (tmp_path / ".funcyard" / "files" / ".store" / "key").read_text("ascii") not in words
    assert _run("stop", folder=tmp_path).returncode == 0
    process.communicate(timeout=10)
    assert (tmp_path / ".funcyard" / "files" / ".store" / "state.sqlite").exists()


def _start(location: Path, *arguments: str, key: str | None = None) -> tuple[int, str]:
    done = _run("start", "files", "--json", "--location", location, *arguments, key=key)
    assert "Traceback" not in done.stderr
    return done.returncode, str(json.loads(done.stdout)["error"]["code"])


@pytest.mark.parametrize(
    ("arguments", "key", "expected"),
    [
        (["--account", "No"], None, (2, "bad-account")),
        ([], "not base64!", (2, "bad-account")),
        (["--port", "70000"], None, (2, "bad-usage")),
        (["--address", "nowhere"], None, (2, "bad-address")),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, arguments: list[str], key: str | None, expected: tuple[int, str]
) -> None:
    assert _start(tmp_path / "f", *arguments, key=key) == expected


def test_what_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert _start(tmp_path / "file")[0] == 2
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert _start(tmp_path / "f", "--port", port) == (1, "no-port")
    (tmp_path / "g" / ".store").mkdir(parents=True)
    (tmp_path / "g" / ".store" / "state.sqlite").write_text("no database")
    assert _start(tmp_path / "g", "--port", "0") == (1, "files-store")
