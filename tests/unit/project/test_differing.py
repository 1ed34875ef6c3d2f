"""Plans as unified diffs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.project.differing import file_diff, unified
from funcyard.project.files import Ownership
from funcyard.project.plan import PlannedFile, State

if TYPE_CHECKING:
    import pytest

SECRET = PlannedFile(".env.local", State.NEW, Ownership.SEEDED, content=b"KEY=4711\n", secret=True)


def test_a_secret_is_not_shown() -> None:
    assert "4711" not in file_diff(SECRET)
    assert ".env.local" in file_diff(SECRET)


def test_a_new_and_a_deleted_file_are_told_by_dev_null() -> None:
    assert unified("a", None, b"x\n").startswith("--- /dev/null\n+++ b/a\n")
    assert unified("a", b"x\n", None).startswith("--- a/a\n+++ /dev/null\n")


def test_what_is_not_text_is_not_shown() -> None:
    assert unified("a", b"\0old", b"\0new") == "a: not text, not shown\n"


TEXTS = st.lists(st.sampled_from(["a", "b", "", "c\r"]), max_size=6).map("\n".join)


@settings(max_examples=30, deadline=None)
@given(before=TEXTS, after=TEXTS)
def test_git_applies_the_diff(
    before: str, after: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("apply")
    (folder / "f").write_bytes(before.encode())
    patch = unified("f", before.encode(), after.encode())
    if patch:
        subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "--unsafe-paths", "-"],
            input=patch.encode(), cwd=folder, check=True,
        )  # fmt: skip
    assert (folder / "f").read_bytes() == after.encode()
