"""A memory file as a model: a date, a person's lines, and regions that Funcyard keeps current.

``markdown.py`` makes it of text and text of it. Everything outside of regions is a person's and
stays where it is; inside, ``weave.py`` tells a person's lines from Funcyard's. New regions go to
their place in the order of the file, never between a section and what a person wrote under it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.project.memory.weave import digest, digests, own_lines, weave

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

_TITLE = re.compile(r"# ")
_HEADING = re.compile(r"#{1,2} ")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")


@dataclass(slots=True)
class Region:
    """Lines that Funcyard keeps current, a person's among them.

    Attributes:
        name: What it is called in its comments.
        lines: The lines as they stand.
        base: Digests of the lines that Funcyard wrote there last.
    """

    name: str
    lines: list[str]
    base: tuple[str, ...]

    @property
    def written(self) -> list[str]:
        """The lines that are still as Funcyard wrote them."""
        left = set(self.base)
        return [line for line in self.lines if digest(line) in left]


@dataclass(frozen=True, slots=True)
class Section:
    """What a region should say now."""

    name: str
    lines: tuple[str, ...]


@dataclass(slots=True)
class Document:
    """A memory file: lines of a person and regions of Funcyard, in their order."""

    updated: date | None = None
    parts: list[str | Region] = field(default_factory=list)

    @property
    def regions(self) -> dict[str, Region]:
        """The regions by name."""
        return {part.name: part for part in self.parts if isinstance(part, Region)}

    @property
    def lines(self) -> list[str]:
        """All lines without the comments that mark regions."""
        return [
            line
            for part in self.parts
            for line in (part.lines if isinstance(part, Region) else [part])
        ]

    @property
    def written(self) -> list[str]:
        """The lines that are still as Funcyard wrote them."""
        return [line for region in self.regions.values() for line in region.written]

    @property
    def own(self) -> list[str]:
        """The lines that a person wrote; neither blank ones nor the title at the top count."""
        own: list[str] = []
        for part in self.parts:
            if isinstance(part, Region):
                own += own_lines(part.base, part.lines)
            elif part.strip() and not _TITLE.match(part):
                own.append(part)
        return own

    def written_in(self, name: str) -> list[str]:
        """The lines of one region that are still as Funcyard wrote them."""
        region = self.regions.get(name)
        return region.written if region else []

    def would_change(self, section: Section) -> bool:
        """Whether Funcyard now says something else than when it last wrote this section."""
        region = self.regions.get(section.name)
        return region is None or region.base != digests(section.lines)

    def keep_current(self, sections: Sequence[Section], *, retired: Sequence[str] = ()) -> None:
        """Bring regions up to date where they stand, around what a person wrote.

        Args:
            sections: What the regions should say, in the order of a new file. A region that the
                file lacks goes behind the nearest earlier one that it has, else to the end.
            retired: Names of regions that should no longer be; a person's lines in them stay.
        """
        for index, section in enumerate(sections):
            if region := self.regions.get(section.name):
                region.lines = weave(region.base, region.lines, section.lines)
                region.base = digests(section.lines)
            else:
                self._insert(section, [earlier.name for earlier in sections[:index]])
        for name in retired:
            self._retire(name)

    def append_under(self, heading: str, lines: Sequence[str]) -> None:
        """Add a person's lines at the end of the section ``## heading``, made if it is not there.

        The section may be a region's or a person's own; its heading is compared without case.
        """
        wanted = f"## {heading}".casefold()
        for at, part in enumerate(self.parts):
            first = part.lines[0] if isinstance(part, Region) and part.lines else part
            if isinstance(first, str) and first.strip().casefold() == wanted:
                self._put(self._section_end(at + 1), lines)
                return
        self._put(len(self.parts), ["", f"## {heading}", "", *lines])

    def _put(self, at: int, lines: Sequence[str | Region]) -> None:
        """Insert before ``at`` and before the blank lines in front of it; one blank line follows.

        A list that is continued gets no blank line between its items.
        """
        while at and _is_blank(self.parts[at - 1]):
            at -= 1
        previous = self.parts[at - 1] if at else ""
        follows_item = isinstance(previous, str) and previous.lstrip().startswith(("- ", "* "))
        starts_item = bool(lines) and isinstance(lines[0], str) and lines[0].startswith("- ")
        before = [] if not at or (follows_item and starts_item) else [""]
        if lines and _is_blank(lines[0]):
            before = []
        after = [""] if at < len(self.parts) and not _is_blank(self.parts[at]) else []
        self.parts[at:at] = [*before, *lines, *after]

    def _insert(self, section: Section, earlier: Sequence[str]) -> None:
        region = Region(section.name, list(section.lines), digests(section.lines))
        present = self.regions
        for name in reversed(earlier):
            if name in present:
                self._put(self._section_end(self.parts.index(present[name]) + 1), [region])
                return
        self._put(len(self.parts), [region])

    def _section_end(self, at: int) -> int:
        """Return where the section ends whose text goes on at ``at``."""
        fenced = False
        while at < len(self.parts):
            part = self.parts[at]
            if isinstance(part, Region):
                break
            fenced ^= bool(_FENCE.match(part))
            if _HEADING.match(part) and not fenced:
                break
            at += 1
        return at

    def _retire(self, name: str) -> None:
        region = self.regions.get(name)
        if region is None:
            return
        at = self.parts.index(region)
        below = self.parts[at + 1 : self._section_end(at + 1)]
        kept: list[str] = own_lines(region.base, region.lines)
        if kept or not all(map(_is_blank, below)):
            heading = region.lines[0] if region.lines and region.lines[0].startswith("#") else ""
            self.parts[at : at + 1] = [heading, "", *(line for line in kept if line != heading)]
        else:
            del self.parts[
                at : at + 1 + (at + 1 < len(self.parts) and _is_blank(self.parts[at + 1]))
            ]


def _is_blank(part: str | Region) -> bool:
    return isinstance(part, str) and not part.strip()
