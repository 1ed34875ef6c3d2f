"""Which contents a new version takes along into its own pack.

Every version adds a pack, and a version that names hundreds is slow to materialise and keeps many
half-dead ones alive. So a new version rewrites what lies in packs that are mostly dead, and, where
it would name too many, what lies in the smaller half: a content moves about as often as the
logarithm of what is stored, not with every version.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funcyard.workspace.versions.manifest import Extent

MOST_PACKS: Final = 16
"""A version names at most this many."""

_MOSTLY_DEAD: Final = 4
"""A pack is, when less than the fourth part of it is still named."""

_WORTH_BYTES: Final = 1 << 20
"""Smaller packs are left as they are until there are too many."""


def to_rewrite(
    extents: Mapping[str, Extent], packs: Mapping[str, int], *, most: int = MOST_PACKS
) -> set[str]:
    """Return the packs whose contents go into the new version's pack.

    Args:
        extents: Where the contents lie that the version takes over from others.
        packs: The size of those packs.
        most: How many packs the version may name, its own included.
    """
    live = live_bytes(extents.values())
    rewritten = {
        pack
        for pack, size in packs.items()
        if size >= _WORTH_BYTES and live[pack] * _MOSTLY_DEAD < size
    }
    left = sorted((pack for pack in live if pack not in rewritten), key=lambda pack: live[pack])
    if len(left) + 1 > most:
        rewritten.update(left[: len(left) - most // 2 + 1])
    return rewritten & live.keys()


def live_bytes(extents: Iterable[Extent]) -> Counter[str]:
    """Return how many bytes of each pack are named."""
    live: Counter[str] = Counter()
    for extent in extents:
        live[extent.pack] += extent.length
    return live
