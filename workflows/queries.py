"""The parameters of a query: those that a call has, each once, and what each may be.

A parameter that is misspelt, empty or there twice is refused by its name: what would be done
without it is seldom what is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from request_errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from web import Request

ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Of an execution or a sync."""

_NUMBER: Final = re.compile("[0-9]{1,15}")
_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a request's query.

    Attributes:
        values: By name, as they came.
    """

    values: Mapping[str, str]

    @classmethod
    def of(cls, request: Request, known: Collection[str] | None) -> Query:
        """Read the query of a request.

        Args:
            request: As it came.
            known: The names of the parameters that the call has; None for any.

        Raises:
            BadRequestError: One is there that the call does not have, one is there twice, or they
                are no UTF-8.
        """
        try:
            unquote_to_bytes(request.scope["query_string"]).decode()
        except UnicodeDecodeError:
            raise BadRequestError("the query holds bytes that are no UTF-8") from None
        values: dict[str, str] = {}
        for name, value in request.query_params.multi_items():
            if known is not None and name not in known:
                told = f"the parameters are {', '.join(known)}" if known else "it has none"
                raise _unfit(name, "is no parameter of this call", hint=told)
            if name in values:
                raise _unfit(name, "is given more than once")
            values[name] = value
        return cls(values)

    def text(self, name: str, *, longest: int | None = None, empty: bool = False) -> str:
        """Return a parameter; the empty text where it is not there.

        Args:
            name: The parameter's.
            longest: How many characters it may have; None for any number.
            empty: Whether it may be there and hold nothing. Else that is refused: a caller whose
                variable was not set does not mean what is meant without it.

        Raises:
            BadRequestError: It is too long, or holds nothing and may not.
        """
        found = self.values.get(name, "")
        if not found and not empty and name in self.values:
            raise BadRequestError.of(name, "is empty: leave it out where nothing is meant")
        if longest is not None and len(found) > longest:
            raise BadRequestError.of(name, f"has more than {longest} characters")
        return found

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a parameter that is ``true`` or ``false``.

        Raises:
            BadRequestError: It is neither.
        """
        found = self.text(name)
        if found not in ("", "true", "false"):
            raise BadRequestError.of(name, "is true or false")
        return found == "true" if found else default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a parameter that is a whole number.

        Raises:
            BadRequestError: It is none, or not within the bounds.
        """
        found = self.text(name)
        if not found:
            return default
        if not _NUMBER.fullmatch(found) or not least <= int(found) <= most:
            raise BadRequestError.of(name, f"is a whole number from {least} to {most}")
        return int(found)

    def one_of(self, name: str, choices: Collection[str]) -> str:
        """Return a parameter that is one of some; the empty text where it is not there.

        Raises:
            BadRequestError: It is none of them.
        """
        found = self.text(name)
        if found and found not in choices:
            raise BadRequestError.of(name, f"is one of {', '.join(choices)}")
        return found

    def continuation(self) -> str:
        """Return where the next page of a list begins: an id; the empty text for the first.

        Raises:
            BadRequestError: It is no id.
        """
        found = self.text("continuation")
        if found and not ID.fullmatch(found):
            raise BadRequestError.of("continuation", "is what the page before told")
        return found


def _unfit(name: str, message: str, *, hint: str | None = None) -> BadRequestError:
    """Return the error of a parameter that a caller named, however they did."""
    told = [{"name": name[:_SHOWN], "message": message}]
    return BadRequestError(f"{name[:_SHOWN]!a} {message}", hint=hint, faults=told)
