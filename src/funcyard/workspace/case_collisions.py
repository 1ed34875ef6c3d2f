"""Which of a tree's paths are one to a share, and which of those is the one that is taken.

A share tells no upper case from lower case. Where a source holds several spellings of a name, the
one that is published already stays: what runs is not taken away because something else came beside
it. Where none is, all of them are left out, because which one was chosen would be chance.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from funcyard.workspace.paths import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_folded = lru_cache(maxsize=65_536)(fold)


def case_collisions(paths: Iterable[str], published: Collection[str] = ()) -> dict[str, str]:
    """Return the paths that cannot be taken, each with what it collides with.

    A folder collides, too: with a file, and with a folder that is spelled otherwise. Everything in
    it then does.

    Args:
        paths: Of the tree.
        published: Those of the version that runs; no two of them collide.
    """
    spellings: dict[str, set[str]] = {}
    every = sorted(paths)
    for path in every:
        for above in _lineage(path):
            spellings.setdefault(_key(above), set()).add(above)
    clashing = {key: several for key, several in spellings.items() if len(several) > 1}
    if not clashing:
        return {}
    stays = {_key(above): above for path in published for above in _lineage(path)}
    found: dict[str, str] = {}
    for path in every:
        for above in _lineage(path):
            key = _key(above)
            others = clashing.get(key, {above}) - {above}
            if others and stays.get(key) != above:
                found[path] = stays[key] if stays.get(key) in others else min(others)
                break
    return found


def _lineage(path: str) -> Iterator[str]:
    """Yield the folders above a path, outermost first, and the path."""
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)
    yield path


def _key(path: str) -> str:
    return "/".join(_folded(name) for name in path.split("/"))
