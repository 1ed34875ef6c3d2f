"""A folder's tag is another exactly where something in it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from funcyard.workspace.versions.folder_tags import folder_tags
from funcyard.workspace.versions.manifest import File
from funcyard.workspace.versions.tree import parents

_names = st.sampled_from(["a", "b", "c d", "é"])
_paths = st.lists(_names, min_size=1, max_size=4).map("/".join)
_trees = st.dictionaries(_paths, st.sampled_from(["0" * 64, "1" * 64]), max_size=8)
_Tree = dict[str, str]


def _without_clashes(tree: _Tree) -> _Tree:
    """Leave out files that would be folders, too."""
    folders = {folder for path in tree for folder in parents(path)}
    return {path: sha256 for path, sha256 in tree.items() if path not in folders}


def _tags(tree: _Tree, empty: tuple[str, ...] = ()) -> dict[str, str]:
    folders = {
        folder for path in (*tree, *(f"{one}/x" for one in empty)) for folder in parents(path)
    }
    return folder_tags({path: File(sha256, 1) for path, sha256 in tree.items()}, folders)


def _in(tree: _Tree, folder: str) -> _Tree:
    prefix = f"{folder}/" if folder else ""
    return {path.removeprefix(prefix): it for path, it in tree.items() if path.startswith(prefix)}


@given(_trees.map(_without_clashes), _trees.map(_without_clashes))
def test_two_folders_have_one_tag_where_they_hold_the_same_and_only_there(
    first: _Tree, second: _Tree
) -> None:
    for one, tag in _tags(first).items():
        for other, another in _tags(second).items():
            assert (tag == another) == (_in(first, one) == _in(second, other)), (one, other)


def test_a_folder_that_holds_nothing_is_told_from_none_and_a_file_from_a_folder() -> None:
    assert _tags({})[""] != _tags({}, ("a",))[""] != _tags({}, ("a", "b"))[""]
    assert _tags({}, ("a",))["a"] == _tags({})[""]
    empty = _tags({})[""]
    assert _tags({"a": empty})[""] != _tags({}, ("a",))[""]
