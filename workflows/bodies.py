"""Bodies of requests: how large, of which kind, and as JSON that can be read in one way only."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from request_errors import BadRequestError, TooLargeError, UnsupportedBodyError

if TYPE_CHECKING:
    from funcyard.errors import FuncyardError
    from web import Request

_JSON_BYTES: Final = 8 << 20
_SHOWN: Final = 100
_Body = TypeVar("_Body", bound=BaseModel)


class Given(BaseModel):
    """A body of JSON: what is not known in it is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


async def body_of(
    request: Request, most: int, too_large: type[FuncyardError] = TooLargeError
) -> bytes:
    """Return the body as it came.

    Raises:
        TooLargeError: It is larger than ``most`` bytes, or what was given for that class.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise too_large(f"the body is larger than {most} bytes")
    return bytes(body)


async def json_body(
    request: Request, most: int = _JSON_BYTES, too_large: type[FuncyardError] = TooLargeError
) -> Any:  # noqa: ANN401 - JSON
    """Return the body, read as JSON; an empty one is an empty object.

    It is I-JSON (RFC 7493) as far as one reader could take it for something else than another: in
    UTF-8, every key of an object there once, every number finite.

    Raises:
        BadRequestError: It is none.
        TooLargeError: It is too large.
        UnsupportedBodyError: It says that it is something else.
    """
    raw = await body_of(request, most, too_large)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw and kind != "application/json":
        raise UnsupportedBodyError("the body must be application/json")
    if not raw:
        return {}
    try:
        text = raw.decode("utf-8-sig")
        return json.loads(
            text, object_pairs_hook=_object, parse_float=_finite, parse_constant=_refuse
        )
    except UnicodeDecodeError:
        raise BadRequestError("the body is no UTF-8") from None
    except (ValueError, RecursionError):
        raise BadRequestError("the body is no JSON") from None


def parsed(kind: type[_Body], found: Any) -> _Body:  # noqa: ANN401 - JSON
    """Return what a body says.

    Raises:
        BadRequestError: It does not say what it must, or more.
    """
    try:
        return kind.model_validate_json(json.dumps(found))
    except ValidationError as fault:
        faults = [
            {"name": ".".join(map(str, one["loc"])), "message": one["msg"]}
            for one in fault.errors(include_input=False, include_url=False, include_context=False)
        ]
        told = "; ".join(f"{one['name'] or 'body'}: {one['message']}" for one in faults)
        raise BadRequestError(f"the body cannot be meant: {told}", faults=faults) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON.

    Raises:
        BadRequestError: A key is there twice: which value is meant nobody can tell.
    """
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            message = "is there more than once in one object"
            faults = [{"name": name[:_SHOWN], "message": message}]
            raise BadRequestError(f"the key {name[:_SHOWN]!a} {message}", faults=faults)
        found[name] = value
    return found


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


def _refuse(constant: str) -> None:
    raise ValueError(constant)
