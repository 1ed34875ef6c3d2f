"""Git's progress is read however it is cut into pieces."""

from __future__ import annotations

from funcyard.workspace.git import Progress
from funcyard.workspace.git.progress import ProgressReader

_SAID = (
    b"remote: Counting objects: 100% (9/9), done.        \n"
    b"Receiving objects:  50% (2/4)\rReceiving objects: 100% (4/4), 200 bytes, done.\n"
    b"Resolving deltas: 100% (1/1), done.\n"
)


def test_steps_are_reported_whatever_the_pieces() -> None:
    expected = [
        Progress("receiving", 2, 4),
        Progress("receiving", 4, 4),
        Progress("resolving", 1, 1),
    ]
    for size in (1, 7, 64, len(_SAID)):
        steps: list[Progress] = []
        read = ProgressReader(steps.append)
        for start in range(0, len(_SAID), size):
            read(_SAID[start : start + size])
        assert steps == expected


def test_a_line_without_end_is_not_kept() -> None:
    steps: list[Progress] = []
    read = ProgressReader(steps.append)
    for _ in range(100):
        read(b"x" * 100_000)
    read(b"\nReceiving objects: 100% (1/1)\n")

    assert steps == [Progress("receiving", 1, 1)]
