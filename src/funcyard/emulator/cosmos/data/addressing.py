"""What an address of a data plane names: by names, or by resource ids as ``_self`` has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.data import errors
from funcyard.emulator.cosmos.store import rids

if TYPE_CHECKING:
    from funcyard.emulator.cosmos.store.store import Store
    from funcyard.emulator.http import Request

_DATABASE_RID: Final = re.compile(r"[A-Za-z0-9+-]{6}==")
_OF_CONTAINER: Final = 2
_OF_ITEM: Final = 3


@dataclass(frozen=True, slots=True)
class Address:
    """An address, taken apart.

    Attributes:
        segments: Its parts: what kind of things, and their names, in turn.
    """

    segments: tuple[str, ...]

    @classmethod
    def of(cls, request: Request) -> Address:
        """Return the address of a request."""
        return cls(tuple(one for one in request.path.split("/") if one))

    @property
    def shape(self) -> str:
        """The address with ``{}`` for every name."""
        return "/".join("{}" if at % 2 else one for at, one in enumerate(self.segments))

    @property
    def is_by_rid(self) -> bool:
        """Whether its names are resource ids; clients tell it by the database's, too."""
        names = self.segments[1:2]
        return self.segments[:1] == ("dbs",) and any(map(_DATABASE_RID.fullmatch, names))

    @property
    def kind(self) -> str:
        """What kind of thing a request is signed for; nothing for the account."""
        if len(self.segments) % 2:
            return self.segments[-1]
        return self.segments[-2] if self.segments else ""

    @property
    def link(self) -> str:
        """What a request is signed for: what it names, or what that lies in."""
        owner = self.segments[:-1] if len(self.segments) % 2 else self.segments
        if self.is_by_rid or owner[:1] == ("offers",):
            return owner[-1].lower()
        return "/".join(owner)

    def names(self, store: Store) -> tuple[str, ...]:
        """Return the names that it names, the outermost first.

        Raises:
            DataError: Nothing bears one of its resource ids.
        """
        given = self.segments[1::2]
        if not self.is_by_rid:
            return given
        found = [one for one in store.databases() if one.rid == given[0]]
        if not found:
            raise errors.not_found()
        names = [found[0].id]
        if len(given) >= _OF_CONTAINER:
            inside = [one for one in store.containers(found[0]) if one.rid == given[1]]
            if not inside:
                raise errors.not_found()
            names.append(inside[0].id)
            if len(given) >= _OF_ITEM:
                item = store.numbered(inside[0], rids.number_of(given[2]))
                if item is None or item.rid != given[2]:
                    raise errors.not_found()
                names.append(item.id)
        return (*names, *given[_OF_ITEM:])
