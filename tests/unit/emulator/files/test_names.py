from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.files import names
from funcyard.emulator.files.errors import StorageError


@pytest.mark.parametrize("name", ["abc", "a-b", "1a2", "a" * 63])
def test_a_share_may_be_called_that(name: str) -> None:
    assert names.is_share(name)


@pytest.mark.parametrize("name", ["ab", "A-b", "a--b", "-ab", "ab-", "a_b", "a" * 64, "$root", ""])
def test_a_share_may_not_be_called_that(name: str) -> None:
    assert not names.is_share(name)


@pytest.mark.parametrize("name", ["a", "ü", "a b", ".hidden", "a.", "com10", "nul.txt", "x" * 255])
def test_a_file_may_be_called_that(name: str) -> None:
    assert names.is_entry(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "a:b", "a|b", "a\x1f", "Com1", "clock$", "\ud800"]
)
def test_a_file_may_not_be_called_that(name: str) -> None:
    assert not names.is_entry(name)


def test_the_length_of_a_name_counts_as_windows_counts() -> None:
    assert names.is_entry("\U0001f600" * 127)
    assert not names.is_entry("\U0001f600" * 128)


@given(st.text(), st.text())
def test_names_that_differ_in_length_are_never_the_same(one: str, other: str) -> None:
    assert len(names.fold(one)) == len(one)
    assert names.fold(names.fold(other)) == names.fold(other)


@given(st.text(alphabet="./\\a%\0 "), st.booleans())
def test_no_path_has_a_component_that_leads_elsewhere(path: str, trailing_dots: bool) -> None:  # noqa: FBT001
    parts: tuple[str, ...] = ()
    with contextlib.suppress(StorageError):
        parts = names.parts_of(path, trailing_dots=trailing_dots)
    assert not {"", ".", ".."} & set(parts)
    assert not any("/" in part or "\\" in part or "\0" in part for part in parts)


def test_trailing_dots_are_part_of_a_name_where_that_is_asked_for() -> None:
    assert names.parts_of("a./b..", trailing_dots=True) == ("a.", "b..")
    assert names.parts_of("a./b../", trailing_dots=False) == ("a", "b")


@pytest.mark.parametrize(
    ("metadata", "code"),
    [({"": "1"}, "EmptyMetadataKey"), ({"a-b": "1"}, "InvalidMetadata"),
     ({"a": "x" * 8192}, "MetadataTooLarge")],
)  # fmt: skip
def test_metadata_that_may_not_be_is_refused(metadata: dict[str, str], code: str) -> None:
    with pytest.raises(StorageError, match=code):
        names.check_metadata(metadata)
