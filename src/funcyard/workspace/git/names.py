"""Which of a tree's paths a workspace can hold, and which of them are one to a share."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from funcyard.workspace.paths import InvalidPathError, ReservedPathError, check_path, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_folded = lru_cache(maxsize=65_536)(fold)


def invalid(raw: bytes) -> tuple[str, str] | None:
    """Return why a path is not taken, as a reason and in words; None where it is.

    Args:
        raw: The path as Git has it.
    """
    try:
        check_path(raw.decode())
    except UnicodeDecodeError:
        return "invalid-path", "its name is not UTF-8"
    except ReservedPathError as fault:
        return "reserved", fault.message
    except InvalidPathError as fault:
        return "invalid-path", fault.message
    return None


def case_collisions(paths: Iterable[str]) -> dict[str, str]:
    """Return the paths that a share cannot tell from others, each with what it collides with.

    A folder collides, too: with a file, and with a folder that is spelled otherwise. Everything in
    it then does.
    """
    spellings: dict[str, set[str]] = {}
    every = sorted(paths)
    for path in every:
        for above in _lineage(path):
            spellings.setdefault(_key(above), set()).add(above)
    found: dict[str, str] = {}
    for path in every:
        for above in _lineage(path):
            if others := spellings[_key(above)] - {above}:
                found[path] = min(others)
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
