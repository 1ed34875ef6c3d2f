"""From an image and what is wanted of a container to a command of this machine.

There is no file system of a container's own: its command runs in a copy of the image's files, and
absolute paths of the image that its command names are those of the copy. Programs that the image
has not, such as ``python``, are this machine's.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps.runtime.addresses import port_here
from funcyard.emulator.containerapps.runtime.process import Launch, LaunchError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.containerapps.runtime.pulling import Image
    from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec, ReplicaSpec

_KEPT_VARIABLES: Final = ("LANG", "LC_ALL", "TMPDIR", "TZ")
_SCRIPT_ROOT: Final = "AzureWebJobsScriptRoot"
_HOST: Final = "host.json"
_ANY: Final = frozenset({"", "0.0.0.0", "::", "[::]", "*"})  # noqa: S104 - what is replaced
_HIGHEST_PORT: Final = 65535


def prepare(image: Image, spec: ContainerSpec, root: Path) -> None:
    """Make the files of a container: a copy of the image's, with what is mounted there.

    Raises:
        LaunchError: They cannot be made.
    """
    try:
        if root.exists():
            shutil.rmtree(root)
        if image.folder is None:
            root.mkdir(parents=True)
        else:
            shutil.copytree(image.folder, root, symlinks=True)
        for mount in spec.mounts:
            _mount(root, mount.path, mount.folder)
    except OSError as fault:
        raise LaunchError(f"failed to create containerd task: {fault}") from fault


def surroundings(
    image: Image,
    spec: ContainerSpec,
    replica: ReplicaSpec,
    root: Path,
    *,
    host: str,
    authority: Path,
) -> Launch:
    """Return what a command of a container finds, without a command.

    Args:
        image: Its image.
        spec: What is wanted of it.
        replica: Of which replica.
        root: Its files, which are made.
        host: The replica's address.
        authority: File of the certificate to trust.
    """
    found = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    found |= {
        "HOME": str(root),
        "HOSTNAME": replica.name,
        "REQUESTS_CA_BUNDLE": str(authority),
        "SSL_CERT_FILE": str(authority),
    }
    given = {name: _expanded(value, spec.environment) for name, value in spec.environment.items()}
    found |= {**image.environment, **given}
    inner = found.get("PATH", "").split(":")
    beside = (os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent))
    own = (str(inside(root, one)) for one in inner if one.startswith("/"))
    found["PATH"] = ":".join([*own, *beside])
    if found.get("HOST", "") in _ANY:
        found["HOST"] = host
    port = found.get("PORT", "")
    wanted = int(port) if port.isdecimal() else image.port or replica.target_port
    if wanted is not None and wanted <= _HIGHEST_PORT:
        found["PORT"] = str(port_here(wanted))
    return Launch((), inside(root, image.working_folder), spec.memory, found)


def with_command(launch: Launch, command: tuple[str, ...], root: Path) -> Launch:
    """Return what is run of a container: its command, in terms of this machine.

    Args:
        launch: What it finds.
        command: As :func:`command_of` tells it.
        root: Its files.

    Raises:
        LaunchError: There is no such program.
    """
    if not command:
        raise LaunchError("no command specified")
    launch.folder.mkdir(parents=True, exist_ok=True)
    program = _program(command[0], root, launch.folder, launch.environment["PATH"])
    return replace(launch, command=(program, *(_argument(root, one) for one in command[1:])))


def command_of(image: Image, spec: ContainerSpec) -> tuple[str, ...]:
    """Return the command of a container, as Kubernetes makes it of both.

    A command of its own takes the image's arguments away; ``$(NAME)`` stands for a variable.

    https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
    """
    if spec.command:
        whole = (*spec.command, *(spec.args or ()))
    else:
        whole = (*image.entrypoint, *(spec.args or image.arguments))
    known = {**image.environment, **spec.environment}
    return tuple(_expanded(one, known) for one in whole)


def functions_folder(image: Image, spec: ContainerSpec, root: Path) -> Path | None:
    """Return the folder of a function app that the Functions host runs; None where it is none."""
    if command_of(image, spec):
        return None
    known = {**image.environment, **spec.environment}
    folder = inside(root, known.get(_SCRIPT_ROOT) or image.working_folder)
    return folder if (folder / _HOST).is_file() else None


def functions_launch(launch: Launch, folder: Path, keys: Path, interpreter: Path) -> Launch:
    """Return how the Functions host runs an app: at port 80, with its keys enforced.

    Args:
        launch: What a command would find.
        folder: Of the app.
        keys: File of its keys.
        interpreter: The Python that has its packages.
    """
    own = launch.environment
    options = ("--address", own["HOST"], "--port", str(port_here(80)), "--enable-auth", "--json")
    command = (sys.executable, "-I", "-m", "funcyard", "host", str(folder), *options)
    where = ("--keys", str(keys), "--python", str(interpreter))
    return replace(launch, command=(*command, *where), folder=folder)


def inside(root: Path, path: str) -> Path:
    """Return where an absolute path of an image is in a copy of it."""
    return root / os.path.normpath(f"/{path}").lstrip("/")


def _program(name: str, root: Path, folder: Path, path: str) -> str:
    """Return the program of a command, as an absolute path of this machine.

    Raises:
        LaunchError: There is none of that name.
    """
    if name.startswith("/"):
        own = inside(root, name)
        found = str(own) if own.exists() else name
    elif "/" in name:
        found = str(folder / name)
    else:
        found = shutil.which(name, path=path) or ""
    if not found or not Path(found).exists():
        why = "no such file or directory" if "/" in name else "executable file not found in $PATH"
        raise LaunchError(f'exec: "{name}": {why}')
    return found


def _argument(root: Path, text: str) -> str:
    if not text.startswith("/") or text == "/":
        return text
    own = inside(root, text)
    return str(own) if own.exists() else text


def _expanded(text: str, known: Mapping[str, str]) -> str:
    """Return a text with variables in place of ``$(NAME)``, and ``$(`` in place of ``$$(``."""
    result, rest = "", text
    while "$" in rest:
        before, _, rest = rest.partition("$")
        result += before
        if rest.startswith("$("):
            result, rest = f"{result}$(", rest[2:]
        elif rest.startswith("(") and ")" in rest and rest[1 : rest.index(")")] in known:
            name, _, rest = rest[1:].partition(")")
            result += known[name]
        else:
            result += "$"
    return result + rest


def _mount(root: Path, path: str, folder: Path) -> None:
    where = inside(root, path)
    where.parent.mkdir(parents=True, exist_ok=True)
    if where.is_dir() and not where.is_symlink():
        shutil.rmtree(where)
    elif where.exists() or where.is_symlink():
        where.unlink()
    where.symlink_to(folder)
