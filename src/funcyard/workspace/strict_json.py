"""JSON that two readers cannot take for different things.

In UTF-8, every key of an object there once, every number finite: I-JSON (RFC 7493), where it says
what must not be. The platform reads bodies so, and the command line what it sends.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn

_SHOWN: Final = 100


class StrictJsonError(ValueError):
    """It is no such JSON; the text says why.

    Attributes:
        key: The key that is there twice, cut to 100 characters; None where that is not it.
    """

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


def read(content: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return what JSON says; a byte order mark before it is passed over.

    Raises:
        StrictJsonError: It is none.
    """
    try:
        text = content.decode("utf-8-sig")
        return json.loads(
            text, object_pairs_hook=_object, parse_float=_finite, parse_constant=_no_number
        )
    except StrictJsonError:
        raise
    except UnicodeDecodeError:
        raise StrictJsonError("it is no UTF-8") from None
    except RecursionError:
        raise StrictJsonError("it is nested too deep") from None
    except json.JSONDecodeError as fault:
        raise StrictJsonError(str(fault)) from None
    except ValueError:
        raise StrictJsonError("a number has too many digits") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            key = name[:_SHOWN]
            raise StrictJsonError(f"the key {key!a} is there more than once in one object", key)
        found[name] = value
    return found


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise StrictJsonError(f"the number {text[:_SHOWN]} is too large")
    return number


def _no_number(constant: str) -> NoReturn:
    raise StrictJsonError(f"{constant} is no value of JSON")
