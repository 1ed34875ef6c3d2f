"""How much of a repository is taken before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workspace may be.

    Attributes:
        pack_bytes: What one fetch may bring, as it is sent; watched while it grows.
        files: Names in the tree, also those that are left out.
        file_bytes: A longer file is left out and reported.
        total_bytes: All files that are taken, together.
        depth: How far back a commit is looked for on a branch, at a server that gives no commit by
            its id.
    """

    pack_bytes: int = 512 * _MIB
    files: int = 20_000
    file_bytes: int = 10 * _MIB
    total_bytes: int = 1024 * _MIB
    depth: int = 1000
