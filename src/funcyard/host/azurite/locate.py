"""Finds an Azurite to run, and a Node.js that can run it.

The first of these that exists is taken: a path given by the person, the project's ``node_modules``,
Funcyard's own installation beside its Python, the one in the person's data folder, ``PATH``.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.azurite.launching import Program
from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_NODE = 20
"""Oldest major version of Node.js that the dependencies of the pinned Azurite admit."""

_MAIN = "dist/src/azurite.js"
_NODE_ANSWER_SECONDS = 20


class NodeMissingError(UserError):
    """There is no Node.js to run Azurite with."""

    code = "node-missing"


class NodeTooOldError(UserError):
    """The Node.js that was found cannot run Azurite, or not keep what it loads."""

    code = "node-too-old"


class AzuriteMissingError(UserError):
    """There is no Azurite in any of the places."""

    code = "azurite-missing"


@dataclass(frozen=True, slots=True)
class Places:
    """Where to look.

    Attributes:
        prefix: Prefix of the Python that runs Funcyard (``sys.prefix``).
        data_home: The person's data folder (``$XDG_DATA_HOME``, else ``~/.local/share``).
        search_path: The value of ``PATH``.
        override: A path the person gave: the package's folder, a folder whose ``node_modules``
            holds it, or its main script.
        project: The project's folder.
    """

    prefix: Path
    data_home: Path
    search_path: str
    override: Path | None = None
    project: Path | None = None

    @property
    def installations(self) -> tuple[Path, Path]:
        """The folders that ``install`` may write, the preferred one first."""
        return self.prefix / "share" / "funcyard", self.data_home / "funcyard"


@dataclass(frozen=True, slots=True)
class Azurite(Program):
    """An Azurite that can be started.

    Attributes:
        version: Azurite's version.
        source: Why this one: ``given``, ``project``, ``funcyard`` or ``PATH``.
    """

    version: str
    source: str


def find_node(search_path: str) -> Path:
    """Return the Node.js on the search path.

    Raises:
        NodeMissingError: There is none.
        NodeTooOldError: It is older than :data:`OLDEST_NODE`, or does not answer.
    """
    hint = f"install Node.js {OLDEST_NODE} or newer, with npm"
    found = shutil.which("node", path=search_path)
    if found is None:
        raise NodeMissingError(
            "Node.js is missing: Azurite, the storage emulator, runs on it", hint=hint
        )
    try:
        answer = subprocess.run(  # noqa: S603 - the person's own node
            [found, "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_NODE_ANSWER_SECONDS,
        ).stdout
    except (OSError, subprocess.SubprocessError) as fault:
        raise NodeTooOldError(f"{found} does not answer: {fault}", hint=hint) from fault
    version = re.match(r"v(\d+)\.", answer)
    if version is None or int(version[1]) < OLDEST_NODE:
        raise NodeTooOldError(
            f"Node.js {answer.strip()} at {found} is too old for Azurite", hint=hint
        )
    return Path(found)


def find(places: Places) -> Azurite:
    """Return the first Azurite of the places, with the Node.js to run it.

    Raises:
        AzuriteMissingError: There is none, or the given path holds none.
        NodeMissingError: Node.js is missing.
        NodeTooOldError: Node.js is too old.
    """
    for source, package in _candidates(places):
        if (main := package / _MAIN).is_file():
            return Azurite(find_node(places.search_path), main, _version(package), source)
        if source == "given":
            raise AzuriteMissingError(
                f"FUNCYARD_AZURITE is {places.override}, and there is no Azurite there",
                hint="unset it, or set it to the folder of the npm package azurite",
            )
    raise AzuriteMissingError(
        "Azurite, the storage emulator, is not installed", hint="run: funcyard azurite install"
    )


def _candidates(places: Places) -> Iterator[tuple[str, Path]]:
    if places.override is not None:
        yield "given", _package_of(places.override)
    if places.project is not None:
        yield "project", places.project / "node_modules" / "azurite"
    for folder in places.installations:
        yield "funcyard", folder / "node_modules" / "azurite"
    if command := shutil.which("azurite", path=places.search_path):
        yield "PATH", Path(command).resolve().parents[2]


def _package_of(given: Path) -> Path:
    if given.is_file():
        return given.resolve().parents[2]
    inside = given / "node_modules" / "azurite"
    return inside if inside.is_dir() else given


def _version(package: Path) -> str:
    try:
        described = json.loads((package / "package.json").read_text(encoding="utf-8"))
        return str(described["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return "unknown"
