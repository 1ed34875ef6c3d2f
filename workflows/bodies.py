"""Bodies of requests: how large, of which kind, and as JSON that can be read in one way only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from funcyard.workspace import strict_json
from request_errors import BadRequestError, TooLargeError, UnsupportedBodyError

if TYPE_CHECKING:
    from funcyard.errors import FuncyardError
    from web import Request

_JSON_BYTES: Final = 8 << 20
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
    """Return the body, read as JSON (:mod:`funcyard.workspace.strict_json`), none as an object.

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
        return strict_json.read(raw)
    except strict_json.StrictJsonError as fault:
        named = [] if fault.key is None else [{"name": fault.key, "message": str(fault)}]
        raise BadRequestError(f"the body cannot be read: {fault}", faults=named) from None


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
