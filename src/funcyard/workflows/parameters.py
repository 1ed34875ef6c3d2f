"""What a caller gives, as the types that a workflow declares; every fault at once.

Text is taken where a form or a query string can give nothing else: ``"5"`` for an int, ``"true"``
for a bool, JSON for json and list. Nothing is guessed beyond that: a float with a fraction is no
int, a number is no string.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final

from funcyard.workflows.errors import ParametersError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.workflows.declarations import DataProvider, Parameter, Workflow

_TRUE: Final = frozenset({"true", "yes", "on", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "0"})
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_LONGEST_EMAIL: Final = 254
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,100}")


class _Unfit(ValueError):  # noqa: N818 - says what the value is
    """The value does not fit; the message says what would."""


def coerce(declared: Workflow | DataProvider, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that a workflow or provider is called with.

    A parameter that was not given, or given as null, has its default; one without either is left
    out.

    Raises:
        ParametersError: Something does not fit, is missing or is not declared.
    """
    faults: list[tuple[str, str]] = []
    arguments: dict[str, Any] = {}
    for parameter in declared.parameters:
        value = given.get(parameter.name)
        if value is None or (value == "" and parameter.type != "string"):
            if parameter.required:
                faults.append((parameter.name, "is required"))
            elif parameter.default is not None:
                arguments[parameter.name] = parameter.default
            continue
        try:
            arguments[parameter.name] = _fit(parameter, value)
        except _Unfit as fault:
            faults.append((parameter.name, str(fault)))
    known = {parameter.name for parameter in declared.parameters}
    faults += [(name, "is not a parameter") for name in given if name not in known]
    if faults:
        raise ParametersError(declared.name, faults)
    return arguments


def _fit(parameter: Parameter, value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    fitted = _FITTING[parameter.type](value)
    if parameter.choices is not None and not any(_same(fitted, one) for one in parameter.choices):
        allowed = ", ".join(json.dumps(one, default=str) for one in parameter.choices)
        raise _Unfit(f"must be one of {allowed}")
    return fitted


def _same(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise _Unfit("must be a text")
    return value


def _int(value: object) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _Unfit("must be a whole number")
    return value


def _float(value: object) -> float:
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise _Unfit("must be a number")
    return number


def _bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise _Unfit("must be true or false")


def _json(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise _Unfit("must be JSON") from None


def _list(value: object) -> list[Any]:
    found = _json(value)
    if not isinstance(found, list):
        raise _Unfit("must be a list")
    return found


def _email(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > _LONGEST_EMAIL or not _EMAIL.fullmatch(text):
        raise _Unfit("must be an email address")
    return text


_FITTING: Final[dict[str, Callable[[Any], Any]]] = {
    "string": _string,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "json": _json,
    "list": _list,
    "email": _email,
}
