"""The request that asks a query, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.digitaltwins import errors
from funcyard.emulator.digitaltwins.call import read_token, token
from funcyard.emulator.digitaltwins.query.parsing import parse
from funcyard.emulator.digitaltwins.query.running import rows
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.digitaltwins.call import Call

_CHARGE: Final = {"query-charge": "1.00"}


async def ask(call: Call) -> Answer:
    """Answer a query."""
    given = call.object()
    text = given.get("query")
    if not isinstance(text, str):
        raise errors.invalid("The body has no 'query'.")
    rest = given.get("continuationToken")
    if rest is not None and not isinstance(rest, str):
        raise errors.TwinsError(400, "BadRequest", "The continuation token is invalid.")
    found = rows(parse(text), call.graph)
    start, size = read_token(rest), call.page_size()
    body: Json = {"value": found[start : start + size]}
    if start + size < len(found):
        body["continuationToken"] = token(start + size)
    return Answer(200, body, _CHARGE)
