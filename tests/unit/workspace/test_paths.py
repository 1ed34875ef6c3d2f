"""What no workspace holds: tricks that were ever played with a path, and what is accepted."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.hostile_paths import ACCEPTED, REFUSED

from funcyard.workspace.paths import (
    LEFTOVER_PREFIX,
    LONGEST_NAME,
    LONGEST_PATH,
    InvalidPathError,
    ReservedPathError,
    check_folder,
    check_path,
    fold,
    is_leftover,
    is_name,
    join,
    name_of,
    parent_of,
)


@pytest.mark.parametrize(
    ("reason", "path"),
    [(reason, path) for reason, paths in REFUSED.items() for path in paths],
    ids=ascii,
)
def test_a_trick_is_refused_by_the_rule_that_knows_it(reason: str, path: str) -> None:
    with pytest.raises(InvalidPathError) as refused:
        check_path(path)

    assert refused.value.reason == reason
    assert refused.value.exit_code == 2
    assert isinstance(refused.value, ReservedPathError) == (reason == "reserved")
    assert refused.value.message.isascii()
    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 1_000


@pytest.mark.parametrize("path", ACCEPTED, ids=ascii)
def test_what_every_place_can_hold_is_accepted_as_it_is(path: str) -> None:
    assert check_path(path) == path


def test_the_root_is_a_folder_and_no_path() -> None:
    assert check_folder("") == ""
    assert check_folder("a/b") == "a/b"
    with pytest.raises(InvalidPathError):
        check_folder(".")


_names = st.text(min_size=1, max_size=12) | st.text(
    st.sampled_from("aA.\u00fc\u00df%2eEfF5cC \u200d\u0308/\\:~conNUL1\u0131\u212a"), max_size=8
)
_paths = st.lists(_names, min_size=1, max_size=4).map("/".join)


def _accepts(path: str) -> bool:
    try:
        return check_path(path) == path
    except InvalidPathError:
        return False


@given(_paths)
@example("a/b")
def test_what_is_accepted_never_leaves_the_root(path: str) -> None:
    if not _accepts(path):
        return
    root = Path(os.sep) / "root of it"
    assert os.path.normpath(root / path) == str(root / path)
    assert (root / path).relative_to(root).as_posix() == path
    assert len(os.fsencode(path)) == len(path.encode())
    assert all(is_name(name) for name in path.split("/"))
    assert max(len(name.encode()) for name in path.split("/")) <= LONGEST_NAME
    assert len(path) <= LONGEST_PATH


@given(path=_paths)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_accepted_is_named_like_that_on_a_file_system(tmp_path: Path, path: str) -> None:
    if not _accepts(path):
        return
    (tmp_path / path).mkdir(parents=True, exist_ok=True)

    assert (tmp_path / path).resolve() == tmp_path.resolve() / path


@given(_paths)
def test_a_path_and_its_parts_are_accepted_alike(path: str) -> None:
    if _accepts(path) and (folder := parent_of(path)):
        assert _accepts(folder)
        assert join(folder, name_of(path)) == path


@given(st.text(max_size=12))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_one_key_for_all_characters_that_any_file_system_holds_for_the_same() -> None:
    same: dict[str, set[str]] = defaultdict(set)
    for code in range(sys.maxunicode + 1):
        one = chr(code)
        if unicodedata.category(one) in {"Cs", "Cn", "Co"}:
            continue
        key = fold(one)
        for other in (one.upper(), one.lower(), one.casefold(), one.title()):
            same[key].add(fold(other))
        for form in ("NFC", "NFD"):
            same[key].add(fold(unicodedata.normalize(form, one)))

    assert {key: keys for key, keys in same.items() if keys != {key}} == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("README.md", "readme.MD"),
        ("\u00dc.py", "\u00fc.py"),
        ("stra\u00dfe", "STRASSE"),
        ("\u212aelvin", "kelvin"),
        ("a\u200db", "ab"),
        ("\u03a3", "\u03c2"),
    ],
)
def test_two_names_that_cannot_both_be_there_have_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_what_is_written_aside_is_known_by_its_name() -> None:
    assert is_leftover(f"{LEFTOVER_PREFIX}0f")
    assert is_leftover(f"{LEFTOVER_PREFIX}0f".upper())
    assert not is_leftover(".funcyard")
