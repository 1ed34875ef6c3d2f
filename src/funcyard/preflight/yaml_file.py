"""YAML files of somebody else's folder: what they hold, nothing where that cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.plain_files import read_text

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 1024 * 1024


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - YAML
    """Return the document of a file, None where it is no YAML, too large, or cannot be read."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only where there is such a file
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - only where there is such a file

    try:
        text = read_text(path, errors="replace") if path.stat().st_size <= _LARGEST else ""
        return YAML(typ="safe").load(text)
    except (OSError, YAMLError, RecursionError, ValueError):
        return None
