from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.host.keys import Keys, KeysError, load_keys

KEYS = Keys("master", "host", {"f": "own", "g": "other"})


@pytest.mark.parametrize(
    ("level", "given", "admitted"),
    [
        ("anonymous", "", True),
        ("ANONYMOUS", "", True),
        ("function", "own", True),
        ("function", "host", True),
        ("function", "master", True),
        ("function", "other", False),
        ("function", "", False),
        ("admin", "master", True),
        ("admin", "host", False),
        ("admin", "own", False),
        ("function", "ключ", False),
    ],
)
def test_a_level_opens_for_its_keys_only(level: str, given: str, admitted: bool) -> None:  # noqa: FBT001 - a parametrised value
    assert KEYS.admit(level, "f", given) is admitted


def test_keys_are_made_once_private_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "api.json"
    first = load_keys(path, ["f"])
    again = load_keys(path, ["f", "g"])

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (again.master, again.host, again.functions["f"]) == (
        first.master, first.host, first.functions["f"],
    )  # fmt: skip
    assert len({first.master, first.host, *again.functions.values()}) == 4


@pytest.mark.parametrize("content", ["not json", "[]", '{"functions": 7}', "\x00"])
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "api.json"
    path.write_text(content)

    with pytest.raises(KeysError, match="cannot be read"):
        load_keys(path, ["f"])
    assert path.read_text() == content
