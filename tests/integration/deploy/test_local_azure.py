"""The local Azure of a project: who starts it, who ends it, and how commands share it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import pytest

from funcyard.cli.deploy._azure import Purpose, azure_of
from funcyard.cli.deploy._local import LOCATION, LocalAzureError, end_local_azure, local_azure
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.store import StateDamagedError
from funcyard.emulator import running
from funcyard.emulator.core import finding
from funcyard.emulator.running import EndingError, NotEndedError, NotServingError


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    with contextlib.suppress(NotServingError):
        finding.stop(tmp_path / LOCATION, timeout=30)


def _pid(project: Path) -> int | None:
    """Return which process serves a project's local Azure, None where none does."""
    try:
        return finding.find(project / LOCATION).pid
    except NotServingError:
        return None


def test_a_local_azure_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / LOCATION).mkdir(parents=True)
    (tmp_path / LOCATION / ".store").write_text("no folder")

    with pytest.raises(LocalAzureError, match=r"does not start: error\[") as told:
        local_azure(tmp_path)
    assert "says more" in (told.value.hint or "")


def test_all_that_it_said_before_it_ended_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault's cause is in the last line of it, and its mend in the hint."""
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\necho Traceback: >&2\necho the disk is full >&2\necho hint: free some >&2\n"
    )
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))

    with pytest.raises(LocalAzureError) as told:
        local_azure(tmp_path)

    assert told.value.message == (
        "the local Azure does not start:\n  Traceback:\n  the disk is full"
    )
    assert told.value.hint == "free some"


def test_one_that_does_not_end_in_time_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("funcyard.cli.deploy._local._STOP_SECONDS", 0.05)
    held = local_azure(project)
    pid = _pid(project)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        held.leave(is_empty=True)
    finally:
        os.kill(pid, signal.SIGCONT)

    assert f"process {pid} has not ended within 0.05 s" in capsys.readouterr().err


def test_what_is_no_folder_is_said_and_is_no_fault_of_funcyards(tmp_path: Path) -> None:
    (tmp_path / LOCATION).parent.mkdir()
    (tmp_path / LOCATION).touch()

    with pytest.raises(LocalAzureError, match="cannot be written to: File exists"):
        local_azure(tmp_path)


async def test_nothing_is_started_for_a_state_that_cannot_be_read(project: Path) -> None:
    store = FolderStore(project / "state", "hall")
    (project / "state").mkdir()
    (project / "state" / "state.json").write_text("{")

    with pytest.raises(StateDamagedError):
        async with azure_of(project, "local", store, Purpose.LOOK):
            pass
    assert not (project / LOCATION).exists()


def test_commands_that_begin_at_once_share_one_and_the_last_of_them_ends_it(project: Path) -> None:
    """None is told that another starts it, and none loses it while another is done before."""
    with ThreadPoolExecutor(2) as both:
        one, two = both.map(local_azure, [project, project])
    assert one.settings == two.settings
    assert (project / LOCATION / ".gitignore").read_text() == "*\n"

    one.leave(is_empty=True)
    end_local_azure(project)
    assert _pid(project) is not None

    two.leave(is_empty=True)
    assert _pid(project) is None
    end_local_azure(project)


def test_one_that_is_just_ending_is_waited_for_and_started_anew(project: Path) -> None:
    """What a command found would answer it no more."""
    local_azure(project).leave(is_empty=False)
    serving = finding.find(project / LOCATION)
    with ThreadPoolExecutor(1) as other:
        with _begun_request(serving):
            os.kill(serving.pid, signal.SIGTERM)
            with pytest.raises(EndingError):
                _look_until_it_is_not_found(project)
            begun = other.submit(local_azure, project)
        found = begun.result()

    assert _pid(project) not in {None, serving.pid}
    found.leave(is_empty=True)
    assert _pid(project) is None


def _look_until_it_is_not_found(project: Path) -> NoReturn:
    while True:
        finding.find(project / LOCATION)
        time.sleep(0.01)


@contextlib.contextmanager
def _begun_request(serving: finding.Serving) -> Iterator[None]:
    """Begin a request that a local Azure waits for when it ends, for as long as it waits at all."""
    address = urlsplit(serving.url)
    context = ssl.create_default_context(cafile=serving.ca)
    with (
        socket.create_connection((address.hostname, address.port)) as plain,
        context.wrap_socket(plain, server_hostname=address.hostname) as opened,
    ):
        path = f"/{serving.tenant}/oauth2/v2.0/token"
        head = f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 9\r\n"
        opened.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
        assert opened.recv(100).startswith(b"HTTP/1.1 100")
        yield


def test_one_that_does_not_end_is_told_by_whoever_waits_for_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("funcyard.cli.deploy._local._STOP_SECONDS", 0.05)
    private = project / LOCATION / running.PRIVATE
    with running.occupy(project / LOCATION, LocalAzureError):
        running.announce_end(private, {"pid": 7})

        with pytest.raises(NotEndedError, match="process 7 has not ended within"):
            local_azure(project)


def test_what_was_started_for_a_look_stays_once_something_is_deployed_there(project: Path) -> None:
    look = local_azure(project, for_a_look=True)
    local_azure(project).leave(is_empty=False)
    look.leave(is_empty=False)
    assert (pid := _pid(project)) is not None

    local_azure(project, for_a_look=True).leave(is_empty=False)
    assert _pid(project) == pid

    end_local_azure(project)
    assert _pid(project) is None

    local_azure(project, for_a_look=True).leave(is_empty=False)
    assert _pid(project) is None


def test_what_a_person_started_is_not_ended(project: Path) -> None:
    again = subprocess.Popen(
        [sys.executable, "-m", "funcyard", "emulator", "start", "azure", "--json", "--port", "0"],
        cwd=project,
        stdout=subprocess.PIPE,
    )
    assert again.stdout is not None
    with again, again.stdout:
        again.stdout.readline()
        local_azure(project).leave(is_empty=True)
        end_local_azure(project)
        assert _pid(project) == again.pid
        again.terminate()
