"""Versions as people name them, and what differs between two."""

from __future__ import annotations

import pytest
from tests.answering import Answering, document

from funcyard.workspace.api.client import ApiClient
from funcyard.workspace.api.versions import (
    NoOlderVersionError,
    VersionNameError,
    compare,
    named,
    number_of,
    target,
)

_NAMES = [f"{number:08d}-{str(number) * 64}" for number in range(10)]
_KNOWN = {
    "current": _NAMES[9],
    "previous": _NAMES[8],
    "versions": [{"version": _NAMES[number], "number": number} for number in (9, 8, 3)],
}


@pytest.mark.parametrize("text", ["9", "8", "3", "00000003"])
def test_a_version_is_named_by_its_number(text: str) -> None:
    with Answering(document(_KNOWN)) as server:
        assert named(ApiClient(server.url), text) == _NAMES[int(text)]


def test_a_whole_name_is_taken_as_it_is() -> None:
    assert named(ApiClient("http://127.0.0.1:1/api"), _NAMES[5]) == _NAMES[5]


@pytest.mark.parametrize("text", ["5", "", "x", "-1", "9-", "²"])
def test_what_names_no_version_that_is_kept_is_bad_usage(text: str) -> None:
    with Answering(document(_KNOWN)) as server, pytest.raises(VersionNameError) as told:
        named(ApiClient(server.url), text)
    assert told.value.exit_code == 2


def test_a_rollback_goes_to_the_last_one_before_unless_one_is_named() -> None:
    with Answering(document(_KNOWN)) as server:
        api = ApiClient(server.url)
        assert target(api, None) == (_NAMES[9], _NAMES[8])
        assert target(api, "3") == (_NAMES[9], _NAMES[3])


def test_where_there_is_no_older_version_there_is_nothing_to_go_back_to() -> None:
    first: dict[str, object] = {"current": _NAMES[1], "previous": None, "versions": []}
    none: dict[str, object] = {"current": None, "previous": None, "versions": []}
    for known in (first, none):
        with Answering(document(known)) as server, pytest.raises(NoOlderVersionError):
            target(ApiClient(server.url), None)


def test_what_differs_is_told_by_content_and_folders_are_no_files() -> None:
    with Answering(
        document({"items": [_item("a", "1"), _item("b", "1"), _item("c", "1"), _item("d", None)]}),
        document({"items": [_item("b", "2"), _item("c", "1"), _item("e", "1")]}),
    ) as server:
        found = compare(ApiClient(server.url), _NAMES[9], _NAMES[8])
    assert (found.added, found.modified, found.deleted, found.unchanged) == (["e"], ["b"], ["a"], 1)


def test_a_number_is_what_people_read_of_a_version() -> None:
    assert [number_of(_NAMES[7]), number_of(None)] == ["7", "none"]


def _item(path: str, etag: str | None) -> dict[str, object]:
    return {"path": path, "etag": etag, "isDirectory": etag is None}
