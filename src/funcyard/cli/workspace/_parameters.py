"""What a workflow is given on the command line: a JSON object, and single parameters beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.cli.workspace._source import content_of, shown
from funcyard.errors import UsageError
from funcyard.workspace import strict_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


_MOST: Final = 8 << 20
"""The platform takes no larger body."""


class InputError(UsageError):
    """What a workflow is to be given cannot be meant."""

    code = "workspace-input"


def given(parameters: Sequence[str], source: Path | None) -> dict[str, Any]:
    """Return a workflow's parameters.

    Args:
        parameters: ``NAME=VALUE`` each; the value is text, which the platform turns into what the
            workflow declares.
        source: A file that holds a JSON object, ``-`` for standard input.

    Raises:
        InputError: One of them is none, or a parameter is given twice.
        SourceError: The file cannot be read.
    """
    found = _object(source) if source is not None else {}
    single: dict[str, Any] = {}
    for one in parameters:
        name, separator, value = one.partition("=")
        if not name or not separator:
            raise InputError(f"{one[:80]!a} is no parameter", hint="--param NAME=VALUE")
        if name in single:
            raise InputError(f"the parameter {name[:80]!a} is given twice")
        single[name] = value
    return found | single


def _object(source: Path) -> dict[str, Any]:
    name = shown(source)
    try:
        found = strict_json.read(content_of(source, _MOST))
    except strict_json.StrictJsonError as fault:
        raise InputError(f"{name} is no JSON: {fault}") from None
    if not isinstance(found, dict):
        raise InputError(f"{name} holds no JSON object", hint='{"NAME": VALUE}')
    return found
