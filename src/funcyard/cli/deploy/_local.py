"""The local Azure of a project: found where it runs, else started, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import finding
from funcyard.emulator.running import NotServingError
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from pathlib import Path

LOCATION: Final = ".funcyard/azure"
"""Where the data of a project's local Azure are, relative to the project."""

_SCALE: Final = "100"
"""What takes Azure a minute takes less than a second."""
_STOP_SECONDS: Final = 30.0
_STARTED: Final = "started-by-deploy"


class LocalAzureError(FuncyardError):
    """The local Azure did not start."""

    code = "local-azure"


@dataclass(frozen=True, slots=True)
class LocalAzure:
    """A local Azure that runs.

    Attributes:
        location: Of its data.
        settings: What clients need.
        is_new: Whether it was started for this command.
    """

    location: Path
    settings: dict[str, str] = field(repr=False)
    is_new: bool

    def end(self) -> None:
        """End it, where a command that deploys started it: this one, or one before."""
        marker = self.location / _STARTED
        started = marker.read_text(encoding="ascii").strip() if marker.is_file() else ""
        try:
            if started == str(finding.find(self.location).pid):
                finding.stop(self.location, timeout=_STOP_SECONDS)
        except NotServingError:
            return  # somebody else ended it
        marker.unlink(missing_ok=True)


def local_azure(root: Path) -> LocalAzure:
    """Return the local Azure of a project, which runs from then on.

    Raises:
        LocalAzureError: It does not start.
    """
    location = root / LOCATION
    try:
        return LocalAzure(location, finding.settings(finding.find(location)), is_new=False)
    except NotServingError:
        _start(location)
    return LocalAzure(location, finding.settings(finding.find(location)), is_new=True)


def _start(location: Path) -> None:
    location.mkdir(parents=True, exist_ok=True, mode=0o700)
    ignore = location / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    log = location / "azure.log"
    command = [sys.executable, "-m", "funcyard", "emulator", "start", "azure", "--json"]
    with log.open("wb") as kept:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--port", "0", "--scale", _SCALE, "--location", str(location)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=kept,
            env=dict(os.environ),
            start_new_session=True,
        )
    assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
    with process.stdout:
        ready = process.stdout.readline()
    if not ready.startswith(b'{"event": "ready"'):
        process.wait()
        said = log.read_text(encoding="utf-8", errors="replace").strip() or "it ended"
        raise LocalAzureError(
            f"the local Azure does not start: {said.splitlines()[0]}",
            hint=f"funcyard emulator start azure --location {location} says more",
        )
    process.returncode = 0  # it goes on when this process is gone, so nobody waits for it
    (location / _STARTED).write_text(f"{process.pid}\n", encoding="ascii")
