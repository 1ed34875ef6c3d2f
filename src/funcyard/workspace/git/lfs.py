"""Pointers of Git LFS: small texts that stand where a file's content is kept elsewhere."""

from __future__ import annotations

import re
from typing import Final

LONGEST_POINTER: Final = 1023
"""In bytes: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md."""

_POINTER: Final = re.compile(
    rb"version https://(?:git-lfs\.github\.com|hawser\.github\.com)/spec/\S+\n"
    rb"(?:[a-z0-9.-]+ [^\n]*\n)*?"
    rb"oid sha256:[0-9a-f]{64}\n"
    rb"(?:[a-z0-9.-]+ [^\n]*\n)*?"
    rb"size [0-9]+\n?"
)


def is_pointer(content: bytes) -> bool:
    """Tell whether a file's content is a pointer and not the content itself."""
    return len(content) <= LONGEST_POINTER and bool(_POINTER.match(content))
