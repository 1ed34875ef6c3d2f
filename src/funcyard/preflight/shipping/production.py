"""Which files of a project hold settings that are meant for production.

Templates and parameters of a deployment, Compose and environment files of production. What is
called after development, tests or this machine is not meant for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.plain_files import read_text

if TYPE_CHECKING:
    from pathlib import Path

_ELSEWHERE = re.compile(
    r"(?:^|[._/-])(?:ci|debug|dev|develop|development|docs?|e2e|emulator|examples?|integration|local"
    r"|samples?|sandbox|specs?|tests?)(?:[._/-]|$)",
    re.IGNORECASE,
)
_PRODUCTION = re.compile(r"(?:^|[._-])(?:live|prd|prod|production)(?:[._-]|$)", re.IGNORECASE)
_TEMPLATES = (".bicep", ".bicepparam", ".tf", ".tfvars")
NAMES = (*(f"*{ending}" for ending in _TEMPLATES), "*.json", "*.env", "*.yml", "*.yaml", ".env*")
"""Globs of the names that such files have; other files may have them, too."""

_SCHEMAS = ("/deploymentTemplate.json", "/deploymentParameters.json")
_COMMENT = re.compile(r"\s*(?://|#|/\*|\*)")


def is_for_production(root: Path, name: str) -> bool:
    """Tell whether a file holds settings of production.

    Args:
        root: The checked folder.
        name: The file, relative to it with forward slashes.
    """
    if is_elsewhere(name):
        return False
    file = name.rpartition("/")[2].lower()
    if file.endswith(_TEMPLATES):
        return True
    if file.endswith(".json"):
        return any(schema in _text(root / name) for schema in _SCHEMAS)
    if file.startswith(".env") or file.endswith((".env", ".yml", ".yaml")):
        return _PRODUCTION.search(file) is not None
    return False


def is_elsewhere(name: str) -> bool:
    """Tell whether a file is called after development, tests or this machine."""
    return _ELSEWHERE.search(name) is not None


def is_comment(line: str) -> bool:
    """Tell whether a line of such a file is a comment."""
    return _COMMENT.match(line) is not None


def _text(path: Path) -> str:
    try:
        return read_text(path, errors="replace")
    except OSError:
        return ""
