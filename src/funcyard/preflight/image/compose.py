"""Compose files: services with the image they build or use, their ports and their variables.

As https://docs.docker.com/reference/compose-file/ has them; a variable without a default is
unknown.
"""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from funcyard.plain_files import read_text
from funcyard.preflight.image.dockerfile import Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FILE = re.compile(r"(^|/)(docker-)?compose[^/]*\.ya?ml$")
_VARIABLE = re.compile(r"\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\})")
_PORT = re.compile(r"(?:.*:)?(\d+)(?:/tcp)?$")
_LARGEST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Attributes:
        file: The Compose file, as findings tell it.
        name: Its name.
        line: Where it begins.
        image: The image it uses, or gives a name to; None for none.
        dockerfile: The Dockerfile that builds it, relative to the checked folder; empty for none,
            no file's where it is not known.
        context: The folder that the build is given, relative to the checked folder.
        stage: The stage that is built, empty for the last.
        arguments: Build arguments whose values are known.
        ports: Ports in the container that are mapped; None where one is unknown.
        environment: Its variables; None is an unknown value.
        own_command: Whether it runs something else than what the image would.
    """

    file: str
    name: str
    line: int
    image: Setting | None
    dockerfile: str
    context: str
    stage: str
    arguments: dict[str, str] = field(default_factory=dict)
    ports: tuple[Setting, ...] = ()
    environment: dict[str, str | None] = field(default_factory=dict)
    own_command: bool = False


def services(root: Path, files: Iterable[str]) -> Iterator[Service]:
    """Yield the services of the Compose files below a folder; one that is no YAML has none.

    Args:
        root: The folder.
        files: Every file below it, relative.
    """
    for name in files:
        if _FILE.search(name):
            yield from _services(root, name)


def _services(root: Path, name: str) -> Iterator[Service]:
    from ruamel.yaml import YAML  # noqa: PLC0415 - only where there is a Compose file
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - only where there is a Compose file

    path = root / name
    try:
        if path.stat().st_size > _LARGEST:
            return
        document = YAML(typ="rt").load(read_text(path, errors="replace"))
    except (OSError, YAMLError, RecursionError, ValueError):
        return
    found = document.get("services") if isinstance(document, dict) else None
    for key, service in (found or {}).items() if isinstance(found, dict) else ():
        if isinstance(service, dict):
            yield _service(name, str(key), _line(found, key), service)


def _service(file: str, name: str, line: int, service: Any) -> Service:  # noqa: ANN401 - YAML
    build = service.get("build")
    context, dockerfile, stage, arguments = "", "", "", {}
    if isinstance(build, str):
        context, dockerfile = _value(build) or "?", "Dockerfile"
    elif isinstance(build, dict):
        context = _value(build.get("context", ".")) or "?"
        dockerfile = _value(build.get("dockerfile", "Dockerfile")) or "?"
        if "dockerfile_inline" in build:
            dockerfile = "?"
        stage = _value(build.get("target")) or ""
        arguments = {key: value for key, value in _pairs(build.get("args")) if value is not None}
    image = service.get("image")
    return Service(
        file=file,
        name=name,
        line=line,
        image=Setting(_value(image), _line(service, "image")) if image is not None else None,
        dockerfile=_below(file, context, dockerfile) if build is not None else "",
        context=_below(file, context) if build is not None else "",
        stage=stage,
        arguments=arguments,
        ports=tuple(_ports(service)),
        environment=dict(_pairs(service.get("environment"))),
        own_command=any(service.get(key) is not None for key in ("command", "entrypoint")),
    )


def _ports(service: Any) -> Iterator[Setting]:  # noqa: ANN401 - YAML
    ports = service.get("ports")
    for position, port in enumerate(ports if isinstance(ports, list) else ()):
        line = _line(ports, position)
        if isinstance(port, dict):
            yield Setting(_value(port.get("target")), line)
            continue
        text = _value(port)
        match = _PORT.fullmatch(text) if text else None
        yield Setting(match[1] if match else None, line)


def _pairs(written: Any) -> Iterator[tuple[str, str | None]]:  # noqa: ANN401 - YAML
    if isinstance(written, dict):
        for name, value in written.items():
            yield str(name), _value(value)
    for item in written if isinstance(written, list) else ():
        name, mark, value = str(item).partition("=")
        yield name, _value(value) if mark else None


def _value(written: Any) -> str | None:  # noqa: ANN401 - YAML
    """Return a text with its variables set in, None where one has no default, or for none."""
    if written is None or isinstance(written, dict | list):
        return None
    if isinstance(written, bool):
        return "true" if written else "false"
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        if match[1]:
            return "$"
        if match[4] in {"-", ":-"}:
            return str(match[5])
        missing = True
        return ""

    text = _VARIABLE.sub(value, str(written))
    return None if missing else text


def _below(file: str, *parts: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), *parts))


def _line(holder: Any, key: Any) -> int:  # noqa: ANN401 - YAML
    """Return where a key stands; where it was merged from elsewhere, where its holder does."""
    place = None
    with suppress(AttributeError, KeyError, TypeError):
        place = holder.lc.item(key) if isinstance(key, int) else holder.lc.key(key)
    if place is None:
        return int(getattr(getattr(holder, "lc", None), "line", None) or 0) + 1
    return int(place[0]) + 1
