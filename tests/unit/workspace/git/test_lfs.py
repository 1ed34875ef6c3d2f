"""A pointer of Git LFS is known by its content, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from funcyard.workspace.git.lfs import is_pointer

_VERSION = b"version https://git-lfs.github.com/spec/v1\n"
_OID = b"oid sha256:" + b"4d" * 32 + b"\n"
_SIZE = b"size 12345\n"


@pytest.mark.parametrize(
    "content",
    [
        _VERSION + _OID + _SIZE,
        _VERSION + _OID + _SIZE.strip(),
        _VERSION.replace(b"git-lfs.github.com", b"hawser.github.com") + _OID + _SIZE,
        _VERSION + b"ext-0-foo sha256:" + b"ab" * 32 + b"\n" + _OID + _SIZE,
    ],
)
def test_pointers_are_known(content: bytes) -> None:
    assert is_pointer(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        _VERSION,
        _VERSION + _SIZE,
        b"# example\n" + _VERSION + _OID + _SIZE,
        _VERSION + _OID.replace(b"4d4d", b"zz") + _SIZE,
        _VERSION + _OID + _SIZE + b"x" * 1000,
    ],
)
def test_other_files_are_not(content: bytes) -> None:
    assert not is_pointer(content)
