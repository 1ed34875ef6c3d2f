"""One request to a Grafana, and what its parts may be."""

from __future__ import annotations

import json
import re
import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.digits import whole_number
from funcyard.emulator.grafana import errors

if TYPE_CHECKING:
    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.grafana.access import User
    from funcyard.emulator.grafana.store import GrafanaStore
    from funcyard.emulator.http import Request

_UID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
_LETTERS: Final = string.ascii_lowercase + string.digits
_LENGTH: Final = 14


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose sender may ask for it.

    Attributes:
        store: What the Grafana keeps.
        clock: Its time.
        user: Who asks.
        request: As it came.
        names: The parts of its address that name something.
        query: All values of each parameter.
    """

    store: GrafanaStore
    clock: Clock
    user: User
    request: Request
    names: tuple[str, ...]
    query: dict[str, list[str]]

    def body(self) -> Json:
        """Return its body, an object.

        Raises:
            GrafanaError: It is none.
        """
        try:
            found: Any = json.loads(self.request.body or b"{}")
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise errors.bad("bad request data")
        return found

    def now(self) -> str:
        """Return the time of day as Grafana writes it: whole seconds."""
        return f"{self.clock.stamp()[:19]}Z"


def new_uid() -> str:
    """Return a new uid of something."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def uid_of(given: object) -> str:
    """Return the uid that something shall have, or a new one.

    Raises:
        GrafanaError: It cannot have that one.
    """
    if given in (None, ""):
        return new_uid()
    if not isinstance(given, str) or not _UID.fullmatch(given):
        raise errors.bad("uid contains illegal characters, or is longer than 40")
    return given


def number_of(text: str, what: str) -> int:
    """Return an id in an address.

    Raises:
        GrafanaError: It is none.
    """
    found = whole_number(text)
    if found is None:
        raise errors.bad(f"{what} id is invalid")
    return found


def slug(title: str) -> str:
    """Return a title as addresses have it."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
