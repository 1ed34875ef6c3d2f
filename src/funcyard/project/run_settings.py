"""What the settings of this machine say of a run: ports, and the storage emulator's key.

The process's environment comes before ``.env.local``. What is wrong in either is kept until
everything has been asked for, and then told at once, a line of the file each.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.project import names
from funcyard.project.names import ENV_FILE
from funcyard.project.place import shown
from funcyard.project.ports import HIGHEST_PORT, PortsError, parse_port
from funcyard.settings import EnvFile, SettingsError, load_env_file, merge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class NoKeyError(UserError):
    """The storage emulator has no account key."""

    code = "no-key"


class RunSettings:
    """The settings that a run of a project finds.

    Args:
        root: The project's folder.
        process: The process's environment, which wins over ``.env.local``.

    Attributes:
        env: What ``.env.local`` sets.
        key: The storage emulator's account key, empty where no setting holds it.
    """

    def __init__(self, root: Path, process: Mapping[str, str]) -> None:
        self._path = root / ENV_FILE
        self._process = process
        self._file = EnvFile()
        self._faults: list[SettingsError] = []
        try:
            self._file = load_env_file(self._path)
        except SettingsError as fault:
            self._faults.append(fault)
        self._faults += self._file.faults
        self.env = self._file.values
        self._settings = merge(process, self.env)
        self.key = self._settings.get(names.KEY_VARIABLE, "")
        if not _is_base64(self.key):
            hint = f"`funcyard key rotate` puts a new key into {ENV_FILE}"
            self._keep(names.KEY_VARIABLE, "holds no base64", hint)

    def port(self, variable: str, default: int, *, offset: int = 0) -> int:
        """Return the port that a variable gives, else its default, moved by ``offset``.

        What is no port is kept as a fault, with its line.

        Raises:
            PortsError: The offset leads beyond the last port.
        """
        text = self._settings.get(variable, "")
        port = parse_port(text) if text else default
        if port is None:
            hint = f"a port is a number from 1 to {HIGHEST_PORT}"
            self._keep(variable, f"is {shown(text)}: not a port", hint)
            return default
        if port + offset > HIGHEST_PORT:
            raise PortsError(
                f"{variable} is {port}: an offset of {offset} leads beyond {HIGHEST_PORT}",
                hint=f"take one of {HIGHEST_PORT - port} at most",
            )
        return port + offset

    def azurite_ports(self, *, offset: int = 0) -> tuple[int, int, int]:
        """Return the storage emulator's ports: blob, queue, table; see :meth:`port`."""
        blob, queue, table = (
            self.port(variable, default, offset=offset)
            for variable, default in names.AZURITE_PORTS.values()
        )
        return blob, queue, table

    def check(self, others: Sequence[SettingsError] = ()) -> None:
        """Tell what is wrong in what was asked for so far, if anything.

        Args:
            others: What is wrong in other settings files, told behind it.

        Raises:
            SettingsError: All of it.
            NoKeyError: Nothing is, but no setting holds the storage emulator's key.
        """
        faults = sorted(self._faults, key=lambda fault: fault.line)
        if faults := [*faults, *others]:
            raise SettingsError.joined(faults)
        if not self.key:
            raise NoKeyError(
                f"{names.KEY_VARIABLE} is not set in {ENV_FILE}",
                hint="funcyard update makes the file, funcyard key rotate puts a new key into it",
            )

    def _keep(self, variable: str, said: str, hint: str) -> None:
        line = self._file.line_of(variable) or 0
        if variable in self._process:
            place, line = "the environment", 0
        else:
            place = f"{self._path}:{line}"
        self._faults.append(SettingsError(f"{place}: {variable} {said}", hint=hint, line=line))


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return True
