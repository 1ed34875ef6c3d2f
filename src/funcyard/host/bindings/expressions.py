"""Binding expressions: ``{name}``, ``{a.b}``, ``{rand-guid}``, ``{datetime:yyyy}``, ``{sys.…}``.

``%SETTING%`` is resolved first, then the expressions with the trigger's data, so that data cannot
name settings. Doubled braces stand for themselves.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.host.bindings.dotnet_time import format_moment
from funcyard.host.setting_names import resolve_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_DEFAULT_TIME = "yyyy-MM-ddTHH-mm-ssZ"


class ExpressionError(UserError):
    """A binding expression is malformed, or names something that the trigger does not give."""

    code = "binding-expression"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What stands between braces: a name, and a format after a colon."""

    name: str
    format: str = ""


def parse_template(text: str) -> list[str | Parameter]:
    """Return the literal pieces and parameters of a template in their order.

    Raises:
        ExpressionError: A brace is open or empty.
    """
    parts: list[str | Parameter] = []
    position = 0
    for match in _TOKEN.finditer(text):
        parts.append(text[position : match.start()])
        position = match.end()
        if match[0] in ("{{", "}}"):
            parts.append(match[0][0])
        elif match[1] is None or not match[1].strip():
            raise ExpressionError(
                f"the expression {text!r} has a brace at {match.start() + 1} that means nothing",
                hint="write {{ or }} for a brace itself",
            )
        else:
            name, _, form = match[1].partition(":")
            parts.append(Parameter(name.strip(), form))
    parts.append(text[position:])
    return [part for part in parts if part != ""]


def resolve(
    text: str,
    *,
    data: Mapping[str, str],
    settings: Mapping[str, str],
    function: str,
    quote: Callable[[str], str] = str,
) -> str:
    """Return the text with its settings and expressions replaced.

    Args:
        text: As the binding has it.
        data: The trigger's binding data; nested values are JSON text.
        settings: The app's settings.
        function: The function's name, for ``{sys.methodname}`` and errors.
        quote: Applied to each value that is put in.

    Raises:
        ExpressionError: Malformed, or a name the trigger does not give.
        SettingMissingError: A setting does not exist.
    """
    parts = parse_template(resolve_settings(text, settings))
    try:
        return "".join(
            part if isinstance(part, str) else quote(_value(part, data, function)) for part in parts
        )
    except ValueError as fault:
        raise ExpressionError(f"{function}: {text!r}: {fault}") from fault
    except KeyError as fault:
        known = ", ".join(sorted(data)) or "nothing"
        raise ExpressionError(
            f"{function}: {text!r} needs {fault.args[0]!r}, which the trigger does not give",
            hint=f"it gives {known}; rand-guid, datetime and sys.… are always there",
        ) from fault


def json_data(text: str) -> dict[str, str]:
    """Return the properties of a JSON object as text, nested ones as JSON; else nothing."""
    if not text.lstrip().startswith("{"):
        return {}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in document.items()
    }


def _value(parameter: Parameter, data: Mapping[str, str], function: str) -> str:
    folded = {name.lower(): value for name, value in data.items()}
    name = parameter.name.lower()
    if name in folded:
        return folded[name]
    if name in ("rand-guid", "sys.randguid"):
        return _guid(parameter.format)
    if name in ("datetime", "sys.utcnow"):
        return format_moment(datetime.now(UTC), parameter.format or _DEFAULT_TIME)
    if name == "sys.methodname":
        return function
    root, *path = parameter.name.split(".")
    if not path or root.lower() not in folded:
        raise KeyError(parameter.name)
    return _nested(folded[root.lower()], path, parameter.name)


def _nested(text: str, path: list[str], name: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise KeyError(name) from None
    for step in path:
        folded = {k.lower(): v for k, v in value.items()} if isinstance(value, dict) else {}
        if step.lower() not in folded:
            raise KeyError(name)
        value = folded[step.lower()]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _guid(form: str) -> str:
    guid = str(uuid.uuid4())
    forms = {
        "": guid,
        "D": guid,
        "N": guid.replace("-", ""),
        "B": f"{{{guid}}}",
        "P": f"({guid})",
    }
    if form.upper() not in forms:
        raise ValueError(f"a guid has no format {form!r}; it has N, D, B and P")
    return forms[form.upper()]
