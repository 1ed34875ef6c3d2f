from __future__ import annotations

import pytest

from funcyard.errors import FuncyardError
from funcyard.workspace.versions.tree import check_tree, empty_folders, folders_of


def test_folders_follow_from_files_and_from_folders_that_hold_nothing() -> None:
    assert folders_of(["a/b/c.py", "d.py"], ["a/e", "f/g"]) == {"a", "a/b", "a/e", "f", "f/g"}


def test_a_folder_is_told_only_where_it_holds_nothing() -> None:
    assert empty_folders(["a/b.py"], {"a", "c", "c/d", "e"}) == ("c/d", "e")


@pytest.mark.parametrize(
    ("files", "directories"),
    [
        (["a", "a/b"], []),
        (["A", "a/b"], []),
        (["a.py", "A.py"], []),
        (["a/b", "A/c"], []),
        (["stra\u00dfe/a", "STRASSE/b"], []),
        (["a"], ["a"]),
        (["a"], ["A"]),
        (["a/b"], ["a"]),
        ([], ["a", "a/b"]),
        (["a"], ["a/b"]),
    ],
)
def test_what_no_store_could_hold_is_no_tree(files: list[str], directories: list[str]) -> None:
    with pytest.raises(ValueError, match=r"twice|and|empty"):
        check_tree(files, directories)


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../a", "a//b", "con", ".packages/x.py", ".git/config", "a\0b"]
)
def test_a_tree_holds_no_path_that_leads_out_or_belongs_to_the_platform(path: str) -> None:
    with pytest.raises(FuncyardError):
        check_tree([path], [])
    with pytest.raises(FuncyardError):
        check_tree([], [path])


def test_many_files_in_many_folders_are_a_tree() -> None:
    check_tree([f"a/{one}/{two}.py" for one in range(30) for two in range(30)], ["b", "c/d"])
