"""local.settings.json: an app's settings on this machine, every fault told at once with its line.

Comments and trailing commas are allowed, as in host.json.
https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from funcyard.functions.json_text import line_of, strict
from funcyard.settings import SettingsError, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VALUES = "Values"
_ENCRYPTED = "IsEncrypted"


def read_local_settings(path: Path) -> dict[str, str]:
    """Return ``Values`` of a local.settings.json, an empty mapping where there is no file.

    Raises:
        SettingsError: The file cannot be read; see :func:`parse_local_settings`.
    """
    return parse_local_settings(read_settings(path), str(path))


def parse_local_settings(text: str, called: str) -> dict[str, str]:
    """Return ``Values`` of the text of a local.settings.json, an empty mapping for an empty text.

    Args:
        text: The file's text.
        called: Its name in messages.

    Raises:
        SettingsError: It is not the JSON it should be, says that it is encrypted, or holds values
            that are objects or arrays; the values are not told.
    """
    if not text.strip():
        return {}
    clean = strict(text)
    document = _parsed(clean, called)
    faults = list(_faults(document, clean, called))
    if faults:
        raise SettingsError.joined(faults)
    return {name: _scalar(value) for name, value in document.get(_VALUES, {}).items()}


def _parsed(clean: str, called: str) -> dict[str, Any]:
    try:
        document = json.loads(clean)
    except json.JSONDecodeError as fault:
        raise SettingsError(f"{called}:{fault.lineno}:{fault.colno}: {fault.msg}") from fault
    except (RecursionError, ValueError) as fault:
        raise SettingsError(f"{called}: cannot be read: {fault}") from fault
    if not isinstance(document, dict):
        raise SettingsError(f"{called}:1: expected an object with an object {_VALUES}")
    return document


def _faults(document: dict[str, Any], clean: str, called: str) -> Iterator[SettingsError]:
    if document.get(_ENCRYPTED):
        yield SettingsError(
            f"{called}:{line_of(clean, (_ENCRYPTED,))}: the settings are encrypted",
            hint="run `func settings decrypt`, or move them to .env.local",
        )
    values = document.get(_VALUES, {})
    if not isinstance(values, dict):
        yield SettingsError(f"{called}:{line_of(clean, (_VALUES,))}: expected an object {_VALUES}")
        return
    for name, value in values.items():
        if isinstance(value, (dict, list)):
            kind = "an object" if isinstance(value, dict) else "an array"
            place = f"{called}:{line_of(clean, (_VALUES, name))}"
            yield SettingsError(f"{place}: {name} is {kind}: a setting is text")


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
