"""What a workflow is given on the command line: a JSON object, and single parameters beside it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


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
    shown = "standard input" if str(source) == "-" else str(source)
    try:
        content = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
        found = json.loads(content.decode(), parse_constant=_refuse)
    except OSError as fault:
        raise InputError(f"{shown} cannot be read: {fault.strerror}") from None
    except (ValueError, RecursionError) as fault:
        told = str(fault) or "it is nested too deep"
        raise InputError(f"{shown} is no JSON: {told}") from None
    if not isinstance(found, dict):
        raise InputError(f"{shown} holds no JSON object", hint='{"NAME": VALUE}')
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no value of JSON")
