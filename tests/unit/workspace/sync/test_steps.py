from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from funcyard.workspace.paths import fold, parent_of
from funcyard.workspace.sync.steps import Building, Clearing, Shown, Steps, steps
from funcyard.workspace.versions.tree import folders_of


def shown(*files: str, folders: tuple[str, ...] = (), **hashes: str) -> Shown:
    told = {**dict.fromkeys(files, "old"), **hashes}
    return Shown(dict(told), frozenset(folders_of(told, folders)))


def test_only_what_differs_is_written() -> None:
    have = Shown({"a": "1", "b": "1", "c": None}, frozenset())
    want = Shown({"a": "1", "b": "2", "c": "3"}, frozenset())

    assert steps(have, want).written == ("b", "c")


def test_folders_come_before_their_files_and_go_after_them() -> None:
    todo = steps(shown("a/b/c"), shown("d/e/f"))

    assert todo == Steps(
        Building(("d", "d/e"), ("d/e/f",)),
        Clearing((), ()),
        Building((), ()),
        Clearing(("a/b/c",), ("a/b", "a")),
    )


def test_what_is_in_the_way_goes_after_everything_else_was_written() -> None:
    todo = steps(shown("a", "b/c", "x"), shown("a/d", "b", "y"))

    assert todo == Steps(
        Building((), ("y",)),
        Clearing(("a", "b/c"), ("b",)),
        Building(("a",), ("a/d", "b")),
        Clearing(("x",), ()),
        in_the_way=frozenset({"a", "b"}),
    )


def test_a_name_that_is_spelled_otherwise_is_removed_and_written_anew() -> None:
    todo = steps(shown("Readme.md", "Src/a"), shown("README.md", "src/a"))

    assert todo.clear == Clearing(("Readme.md", "Src/a"), ("Src",))
    assert todo.rebuild == Building(("src",), ("README.md", "src/a"))
    assert todo.remove == Clearing((), ())


def test_a_folder_that_holds_nothing_is_made_and_removed() -> None:
    empty = Shown({}, frozenset({"a", "a/b"}))

    assert steps(Shown(), empty).build.folders == ("a", "a/b")
    assert steps(empty, Shown()).remove.folders == ("a/b", "a")


class _Folder:
    """A store in memory that refuses what a store refuses; names that differ by case are one."""

    def __init__(self, have: Shown) -> None:
        self.entries: dict[str, tuple[str, str | None]] = {}
        for folder in sorted(have.folders):
            self.entries[fold(folder)] = (folder, None)
        for path, sha256 in have.files.items():
            self.entries[fold(path)] = (path, sha256 or "?")

    def build(self, building: Building, want: Shown) -> None:
        for folder in building.folders:
            self._under_a_folder(folder)
            assert self.entries.setdefault(fold(folder), (folder, None))[1] is None
        for path in building.files:
            self._under_a_folder(path)
            there = self.entries.get(fold(path))
            assert there is None or there[1] is not None
            spelled = path if there is None else there[0]
            self.entries[fold(path)] = (spelled, want.files[path])

    def clear(self, clearing: Clearing) -> None:
        for path in clearing.files:
            assert self.entries.pop(fold(path))[1] is not None
        for folder in clearing.folders:
            assert self.entries.pop(fold(folder))[1] is None
            assert not any(one.startswith(fold(folder) + "/") for one in self.entries)

    def _under_a_folder(self, path: str) -> None:
        if parent := parent_of(path):
            assert self.entries[fold(parent)][1] is None


_paths = st.lists(st.sampled_from(["a", "A", "b", "B", "c"]), min_size=1, max_size=3)


@st.composite
def _trees(draw: st.DrawFn) -> Shown:
    files: dict[str, str | None] = {}
    folders: set[str] = set()
    spelled: dict[str, tuple[str, bool]] = {}
    for names in draw(st.lists(_paths, max_size=8)):
        is_file = draw(st.booleans())
        path = "/".join(names)
        steps_down = ["/".join(names[: depth + 1]) for depth in range(len(names))]
        kinds = [(one, one == path and is_file) for one in steps_down]
        if any(spelled.get(fold(one), (one, kind)) != (one, kind) for one, kind in kinds):
            continue
        spelled.update({fold(one): (one, kind) for one, kind in kinds})
        folders.update(one for one, kind in kinds if not kind)
        if is_file:
            files[path] = draw(st.sampled_from(["1", "2"]))
    return Shown(files, frozenset(folders))


@given(_trees(), _trees(), st.sets(st.integers(0, 7)))
def test_any_tree_becomes_any_other_whose_names_are_then_spelled_right(
    have: Shown, want: Shown, unknown: set[int]
) -> None:
    seen = {
        path: None if place in unknown else sha256
        for place, (path, sha256) in enumerate(have.files.items())
    }
    todo = steps(Shown(seen, have.folders), want)
    folder = _Folder(have)

    folder.build(todo.build, want)
    folder.clear(todo.clear)
    folder.build(todo.rebuild, want)
    folder.clear(todo.remove)

    assert set(folder.entries.values()) == {
        *want.files.items(),
        *((path, None) for path in want.folders),
    }
