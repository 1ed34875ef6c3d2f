"""How a process ended, in words: what a system counts, and what its exit code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.functions.ending import Kind, ending_of, killed_for_memory


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (0, Kind.ENDED, "ended with exit code 0"),
        (-9, Kind.KILLED, "was killed for lack of memory (SIGKILL)"),
        (-6, Kind.CRASHED, "crashed (SIGABRT)"),
        (-2, Kind.ENDED, "was interrupted (SIGINT)"),
        (-24, Kind.KILLED, "was ended from outside (SIGXCPU)"),
        (-60, Kind.KILLED, "was ended from outside (signal 60)"),
    ],
)
def test_lack_of_memory_explains_a_kill_and_nothing_else(code: int, kind: Kind, words: str) -> None:
    ending = ending_of(code, lacked_memory=True)

    assert (ending.kind, ending.words) == (kind, words)


def test_a_kill_that_the_system_did_not_count_may_have_another_cause() -> None:
    ending = ending_of(-9, lacked_memory=False)

    assert ending.words == "was killed by another process or for lack of memory (SIGKILL)"


def test_the_system_tells_how_often_it_killed_for_lack_of_memory(tmp_path: Path) -> None:
    counts = tmp_path / "vmstat"
    counts.write_text("nr_free_pages 3\noom_kill 12\nunevictable_pgs_culled 0\n", encoding="utf-8")

    assert killed_for_memory(counts) == 12
    counts.write_text("oom_kill many\nnr_free_pages 3\n", encoding="utf-8")
    assert killed_for_memory(counts) == 0
    assert killed_for_memory(tmp_path / "none") == 0
