"""Settings of a project on this machine: read from files, merged in one order, never printed.

The order is the process's environment, then ``.env.local``, then an app's ``local.settings.json``:
what a person sets for one run wins over what lies in a file.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.plain_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LINE = re.compile(
    r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.:]*)\s*=\s*(?P<value>.*?)\s*$", re.DOTALL
)
_QUOTED = re.compile(
    r"""(?:'(?P<literal>[^']*)'|"(?P<escaped>(?:[^"\\]|\\.)*)")\s*(?:#.*)?$""", re.DOTALL
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_ON = frozenset({"1", "true", "yes"})
_SECRET = re.compile(r"key|secret|password|token|connectionstring|connection_string", re.IGNORECASE)


class SettingsError(UsageError):
    """A settings file cannot be read."""

    code = "bad-settings"


def read_env_file(path: Path) -> dict[str, str]:
    """Return the variables of a dotenv file, an empty mapping where there is no file.

    ``NAME=value`` a line, ``export`` and quotes allowed, ``#`` begins a comment; a backslash
    escapes inside double quotes, as in Docker Compose; nothing is expanded.

    Raises:
        SettingsError: The file cannot be read, or a line is not of that form.
    """
    return {name: value for _, name, value in env_lines(_read(path), str(path))}


def env_lines(text: str, called: str) -> Iterator[tuple[int, str, str]]:
    """Yield line number, name and value of each variable that a dotenv text sets.

    Args:
        text: As :func:`read_env_file` reads it.
        called: Its name in messages.

    Raises:
        SettingsError: A line is not of that form; met when iteration comes to it.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            raise SettingsError(f"{called}:{number}: not NAME=value")
        yield number, match["name"], _unquote(match["value"])


def read_local_settings(path: Path) -> dict[str, str]:
    """Return ``Values`` of a local.settings.json, an empty mapping where there is no file.

    https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file

    Raises:
        SettingsError: The file is not the JSON it should be, or says that it is encrypted.
    """
    return parse_local_settings(_read(path), str(path))


def parse_local_settings(text: str, called: str) -> dict[str, str]:
    """Return ``Values`` of the text of a local.settings.json, an empty mapping for an empty text.

    Args:
        text: As :func:`read_local_settings` reads it.
        called: Its name in messages.

    Raises:
        SettingsError: See :func:`read_local_settings`.
    """
    if not text.strip():
        return {}
    try:
        document = json.loads(text)
    except json.JSONDecodeError as fault:
        raise SettingsError(f"{called}:{fault.lineno}:{fault.colno}: {fault.msg}") from fault
    if not isinstance(document, dict) or not isinstance(document.get("Values", {}), dict):
        raise SettingsError(f"{called}: expected an object with an object Values")
    if document.get("IsEncrypted"):
        raise SettingsError(
            f"{called}: the settings are encrypted",
            hint="run `func settings decrypt`, or move them to .env.local",
        )
    values = document.get("Values", {})
    return {str(name): _scalar(value) for name, value in values.items()}


def merge(*layers: Mapping[str, str]) -> dict[str, str]:
    """Return one mapping in which an earlier layer wins."""
    merged: dict[str, str] = {}
    for layer in reversed(layers):
        merged.update(layer)
    return merged


def is_on(settings: Mapping[str, str], name: str) -> bool:
    """Whether a setting switches something on: ``true``, ``yes`` or ``1``, in any case."""
    return settings.get(name, "").strip().lower() in _ON


def is_secret_name(name: str) -> bool:
    """Whether a setting of that name should never be shown."""
    return bool(_SECRET.search(name)) or name.startswith("AzureWebJobsStorage")


def _read(path: Path) -> str:
    try:
        return read_text(path, "utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path}: cannot be read: {fault}") from fault


def _unquote(value: str) -> str:
    if quoted := _QUOTED.match(value):
        if quoted["escaped"] is None:
            return quoted["literal"]
        return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), quoted["escaped"])
    return value.split(" #", 1)[0].rstrip()


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
