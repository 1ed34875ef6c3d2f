"""The local Azure of a project, where it cannot start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from funcyard.cli.deploy._local import LOCATION, LocalAzureError, local_azure


def test_a_local_azure_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / LOCATION).mkdir(parents=True)
    (tmp_path / LOCATION / ".store").write_text("no folder")

    with pytest.raises(LocalAzureError, match=r"does not start: error\["):
        local_azure(tmp_path)


def test_what_a_command_started_is_ended_and_what_a_person_did_is_not(tmp_path: Path) -> None:
    started = local_azure(tmp_path)
    found = local_azure(tmp_path)
    assert (started.is_new, found.is_new) == (True, False)
    assert (tmp_path / LOCATION / ".gitignore").read_text() == "*\n"

    found.end()
    found.end()

    again = subprocess.Popen(
        [sys.executable, "-m", "funcyard", "emulator", "start", "azure", "--json", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    )
    assert again.stdout is not None
    with again, again.stdout:
        again.stdout.readline()
        own = local_azure(tmp_path)
        own.end()
        assert not local_azure(tmp_path).is_new
        again.terminate()
