"""Which names a workspace takes of a repository."""

from __future__ import annotations

from funcyard.workspace.git.names import invalid


def test_reserved_and_invalid_paths_are_told_apart() -> None:
    assert invalid(b"src/a.py") is None
    assert (invalid(b".packages/a.py") or ("",))[0] == "reserved"
    assert (invalid(b"src/.git/config") or ("",))[0] == "reserved"
    assert (invalid(b"../a.py") or ("",))[0] == "invalid-path"
    assert invalid(b"\xff") == ("invalid-path", "its name is not UTF-8")
