from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.workspace.versions.manifests import PACK, manifest_of

from funcyard.workspace.scopes import GLOBAL, Scope
from funcyard.workspace.versions.manifest import (
    EMPTY_SHA256,
    Extent,
    File,
    Manifest,
    ManifestError,
    TreeError,
)
from funcyard.workspace.versions.manifest_text import compress, decode, encode, name_of
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.origin import GitHubOrigin, RollbackOrigin

SOME = manifest_of({"a.py": b"one", "b/c.py": b"two", "d.py": b"one", "e.py": b""})


def stored(manifest: Manifest) -> tuple[bytes, VersionName]:
    text = encode(manifest)
    return compress(text), name_of(text, manifest.number)


def changed(**fields: Any) -> tuple[bytes, VersionName]:  # noqa: ANN401 - as hostile as it may be
    """A manifest that says something else, under the name that its text then has."""
    text = json.dumps({**json.loads(encode(SOME)), **fields}, separators=(",", ":")).encode()
    return gzip.compress(text), VersionName(1, hashlib.sha256(text).hexdigest())


_names = st.text("abcdefgh\u00e4\u00f6", min_size=1, max_size=4)


@given(
    st.dictionaries(
        st.lists(_names, min_size=1, max_size=3).map(lambda names: "/".join(names) + ".py"),
        st.binary(max_size=8),
        max_size=12,
    )
)
def test_what_was_stored_is_read_back(contents: dict[str, bytes]) -> None:
    manifest = manifest_of(contents)
    blob, name = stored(manifest)

    assert decode(blob, GLOBAL, name) == manifest


def test_equal_versions_have_equal_bytes_and_names_whatever_order_they_were_made_in() -> None:
    other = replace(SOME, files=dict(reversed(list(SOME.files.items()))))

    assert stored(other) == stored(SOME)
    assert str(stored(SOME)[1]).startswith("00000001-")
    assert VersionName.parse(str(stored(SOME)[1])) == stored(SOME)[1]


def test_a_version_knows_where_it_comes_from() -> None:
    origin = GitHubOrigin("https://github.com/a/b", "main", "a" * 40, 7)
    parent = VersionName(1, "f" * 64)
    manifest = replace(SOME, origin=origin, number=2, parent=parent)
    blob, name = stored(manifest)

    read = decode(blob, GLOBAL, name)

    assert (read.origin, read.parent, read.number) == (origin, parent, 2)


def test_sizes_and_folders_follow_from_the_files() -> None:
    manifest = replace(SOME, directories=("f/g",))

    assert manifest.size == 9
    assert manifest.folders() == {"b", "f", "f/g"}


def test_a_thousand_files_take_less_than_80_kilobytes() -> None:
    contents = {
        f"workflows/part{number % 20}/step{number}.py": b"%d" % number * 9 for number in range(1000)
    }
    manifest = manifest_of(contents)
    files = {
        path: replace(file, object_id=hashlib.sha1(path.encode()).hexdigest())  # noqa: S324
        for path, file in manifest.files.items()
    }

    assert len(stored(replace(manifest, files=files))[0]) < 80_000


@pytest.mark.parametrize(
    "fields",
    [
        {"format": 2},
        {"scope": "contoso"},
        {"scope": "../x"},
        {"number": 2},
        {"number": 0},
        {"number": True},
        {"number": -1},
        {"parent": "00000001-" + "f" * 64},
        {"parent": "x"},
        {"created": "yesterday"},
        {"created": "2026-01-01T00:00:00"},
        {"origin": {}},
        {"origin": {"kind": "edit", "by": 1, "action": "put", "path": "a"}},
        {"origin": {"kind": "edit", "by": "x" * 9000, "action": "put", "path": "a"}},
        {"origin": {"kind": "adopt", "by": "a", "more": "b"}},
        {"origin": None},
        {"directories": ["b"]},
        {"directories": ["z", "y"]},
        {"directories": ["../x"]},
        {"directories": None},
        {"packs": []},
        {"packs": [["../../other/packs/x", 6]]},
        {"packs": [[PACK, 5]]},
        {"packs": [[PACK, 6], [PACK, 6]]},
        {"packs": [[PACK, 6], ["1" * 32, 6]]},
        {"contents": []},
        {"contents": [["f" * 64, 3, 0, 0], ["e" * 64, 3, 1, 0]]},
        {"contents": [["zz", 3, 0, 0], ["e" * 64, 3, 0, 3]]},
        {"contents": [["f" * 64, 3, 0, -1], ["e" * 64, 3, 0, 3]]},
        {"contents": [["f" * 64, 3, 0, 0], ["f" * 64, 3, 0, 0]]},
        {"contents": [["f" * 64, 3, 0, 0.5], ["e" * 64, 3, 0, 3]]},
        {"files": [["a.py", -2, None]]},
        {"files": [["a.py", 9, None]]},
        {"files": [["a.py", 0, None]]},
        {"files": [["a.py", 0, None], ["a.py", 1, None]]},
        {"files": [["a.py", 0, None], ["A.py", 1, None]]},
        {"files": [["../a.py", 0, None], ["b.py", 1, None]]},
        {"files": [[".funcyard/a.py", 0, None], ["b.py", 1, None]]},
        {"files": [["a\ud800.py", 0, None], ["b.py", 1, None]]},
        {"files": [["a.py", 0, "x"], ["b.py", 1, None]]},
        {"files": [["a.py", 0], ["b.py", 1]]},
        {"files": [7]},
        {"more": 1},
    ],
    ids=str,
)
def test_a_manifest_that_says_what_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    blob, name = changed(**fields)

    with pytest.raises(ManifestError) as told:
        decode(blob, GLOBAL, name)

    assert told.value.hint


def test_a_manifest_is_the_one_its_name_promises() -> None:
    blob, name = stored(SOME)
    other, _ = stored(manifest_of({"a.py": b"other"}))

    for wrong in (other, blob[:-9], blob + b"x", blob + blob, b"", b"junk", blob[:40]):
        with pytest.raises(ManifestError):
            decode(wrong, GLOBAL, name)
    with pytest.raises(ManifestError):
        decode(blob, Scope("contoso"), name)


def test_a_manifest_that_unpacks_without_end_is_refused_in_little_memory() -> None:
    bomb = gzip.compress(b"[" * (65 << 20))

    with pytest.raises(ManifestError, match="too long"):
        decode(bomb, GLOBAL, VersionName(1, "0" * 64))


def test_a_manifest_nested_without_end_is_refused() -> None:
    text = b"[" * 100_000

    with pytest.raises(ManifestError):
        decode(gzip.compress(text), GLOBAL, name_of(text, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"files": {"a.py": File("f" * 64, 3)}},
        {"files": {"a.py": File(EMPTY_SHA256, 3)}, "contents": {}, "packs": {}},
        {"files": {"a.py": File("f" * 64, 0)}, "contents": {}, "packs": {}},
        {"contents": {}},
        {"contents": {**SOME.contents, "f" * 64: Extent(PACK, 0, 1)}},
        {"number": 0},
        {"parent": VersionName(1, "f" * 64)},
        {"origin": RollbackOrigin("a", "b"), "directories": ("b",)},
    ],
)
def test_a_version_that_does_not_fit_together_is_never_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(TreeError):
        replace(SOME, **wrong)


@pytest.mark.parametrize("text", ["", "1", "1-" + "f" * 64, "00000000-" + "f" * 64, "../x"])
def test_a_name_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names no version"):
        VersionName.parse(text)
