"""One request to a graph, and what its parts may be."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from funcyard.emulator import strict_json
from funcyard.emulator.digitaltwins import errors
from funcyard.emulator.digits import whole_number
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.digitaltwins.graph import Graph
    from funcyard.emulator.http import Request

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@]{1,128}")
_PAGE: Final = 100
_LARGEST_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose sender may ask for it.

    Attributes:
        graph: What answers it.
        request: As it came.
        names: The parts of its address that name something.
    """

    graph: Graph
    request: Request
    names: tuple[str, ...]

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return its body.

        Raises:
            TwinsError: It is no JSON.
        """
        try:
            return strict_json.read(self.request.body)
        except ValueError as fault:
            raise errors.invalid(f"The body is no JSON: {fault}") from None

    def object(self) -> Json:
        """Return its body, an object.

        Raises:
            TwinsError: It is none.
        """
        found = self.json()
        if not isinstance(found, dict):
            raise errors.invalid("The body is no JSON object.")
        return found

    def check_match(self, etag: str) -> None:
        """Refuse a change of what is not what the sender takes it for (If-Match).

        Raises:
            TwinsError: It is not.
        """
        wanted = self.request.headers.get("if-match", "*").strip()
        if wanted != "*" and etag not in (one.strip() for one in wanted.split(",")):
            raise errors.precondition_failed(wanted)

    def check_new(self, before: Json | None) -> None:
        """Refuse to replace what the sender takes to be absent (If-None-Match).

        Raises:
            TwinsError: It is there.
        """
        given = self.request.headers.get("if-none-match", "").strip()
        if not given:
            return
        if given != "*":
            raise errors.invalid("If-None-Match is '*' here.")
        if before is not None:
            raise errors.precondition_failed(given)

    def page(self, values: Sequence[Json]) -> Answer:
        """Return the page of a list that it asks for.

        Raises:
            TwinsError: Its page is none.
        """
        start = read_token(self.request.query.get("continuationToken"))
        size = self.page_size()
        shown = list(values[start : start + size])
        link = None
        if start + size < len(values):
            kept = {**self.request.query, "continuationToken": token(start + size)}
            asked = "&".join(f"{name}={quote(value)}" for name, value in kept.items())
            link = f"https://{self.request.host}{quote(self.request.path)}?{asked}"
        return Answer(200, {"value": shown, "nextLink": link})

    def page_size(self) -> int:
        """Return how many items it wants at once.

        Raises:
            TwinsError: That is no number.
        """
        given = self.request.headers.get("max-items-per-page", str(_PAGE))
        size = whole_number(given)
        if not size:
            raise errors.invalid(f"max-items-per-page '{given[:40]}' is no number from 1 on.")
        return min(size, _LARGEST_PAGE)


def check_identifier(identifier: str) -> None:
    """Refuse what cannot be the id of a twin or a relationship.

    Raises:
        TwinsError: It cannot.
    """
    if not _IDENTIFIER.fullmatch(identifier):
        raise errors.invalid(
            f"The id '{identifier}' is invalid: 1 to 128 characters that a URL may hold."
        )


def token(start: int) -> str:
    """Return what asks for the rest of a list."""
    return base64.urlsafe_b64encode(json.dumps({"start": start}).encode()).decode()


def read_token(text: str | None) -> int:
    """Return from where on the rest of a list is asked for.

    Raises:
        TwinsError: That is no token of ours.
    """
    if not text:
        return 0
    try:
        start = json.loads(base64.urlsafe_b64decode(text))["start"]
    except (ValueError, KeyError, TypeError, RecursionError):
        start = None
    if type(start) is not int or start < 0:
        raise errors.TwinsError(400, "BadRequest", "The continuation token is invalid.")
    return start
