from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from funcyard.atomic import locked
from funcyard.host import keys as keys_module
from funcyard.host.keys import Keys, KeysError, KeysFile, load_keys

KEYS = Keys("master", "host", {"f": "own", "g": "other"}, {"f": "webhook"}, {"partner": "named"})


@pytest.mark.parametrize(
    ("level", "given", "admitted"),
    [
        ("anonymous", "", True),
        ("ANONYMOUS", "", True),
        ("function", "own", True),
        ("function", "host", True),
        ("function", "master", True),
        ("function", "named", True),
        ("function", "other", False),
        ("function", "", False),
        ("admin", "master", True),
        ("admin", "host", False),
        ("admin", "own", False),
        ("admin", "named", False),
        ("system", "named", False),
        ("function", "ключ", False),
        ("function", "webhook", False),
        ("system", "webhook", True),
        ("system", "master", True),
        ("system", "host", False),
        ("system", "own", False),
        ("system", "", False),
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


def test_a_named_key_stays(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    load_keys(path, ["f"])
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "named": {"partner": "its key"}}))

    assert load_keys(path, ["f", "g"]).named == {"partner": "its key"}
    assert load_keys(path, ["f", "g"]).admit("function", "g", "its key")


def test_a_system_key_is_made_where_one_is_asked_for_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    load_keys(path, ["f"])
    assert "system" not in json.loads(path.read_text())
    made = load_keys(path, ["f"], ["eventgrid_extension"]).system

    assert list(made) == ["eventgrid_extension"]
    assert load_keys(path, ["f"]).system == made
    assert json.loads(path.read_text())["system"] == made


@pytest.mark.parametrize("content", ["not json", "[]", '{"functions": 7}', "\x00"])
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "api.json"
    path.write_text(content)

    with pytest.raises(KeysError, match="cannot be read"):
        load_keys(path, ["f"])
    assert path.read_text() == content


def test_a_key_that_is_changed_in_the_file_counts_at_once(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    keys = KeysFile(path, ["f"])
    kept = json.loads(path.read_text())
    assert keys.admit("function", "f", kept["host"])

    path.write_text(json.dumps({**kept, "host": "another", "named": {"partner": "its key"}}))
    assert not keys.admit("function", "f", kept["host"])
    assert keys.admit("function", "f", "another")
    assert keys.admit("function", "f", "its key")


@pytest.mark.parametrize("spoiled", ["{", None])
def test_a_file_that_is_spoiled_or_gone_locks_nobody_out(
    tmp_path: Path, spoiled: str | None
) -> None:
    path = tmp_path / "api.json"
    keys = KeysFile(path, ["f"])
    host = json.loads(path.read_text())["host"]
    if spoiled is None:
        path.unlink()
    else:
        path.write_text(spoiled)
    assert keys.admit("function", "f", host)
    assert not keys.admit("function", "f", "other")


def test_what_another_process_adds_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    load_keys(path, ["old"])
    with ThreadPoolExecutor(1) as other, locked(path):
        loading = other.submit(load_keys, path, ["new"])
        with pytest.raises(TimeoutError):
            loading.result(0.05)
        document = {**json.loads(path.read_text()), "named": {"partner": "abc"}}
        path.write_text(json.dumps(document))
    assert loading.result().named == {"partner": "abc"}
    assert json.loads(path.read_text())["named"] == {"partner": "abc"}


def test_a_key_that_comes_while_the_file_is_read_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keys.json"
    load_keys(path, ["f"])

    def and_then(*given: Any) -> Keys:  # noqa: ANN401 - as load_keys is called
        found = load_keys(*given)
        monkeypatch.undo()
        document = {**json.loads(path.read_text()), "named": {"partner": "abc"}}
        path.write_text(json.dumps(document))
        return found

    monkeypatch.setattr(keys_module, "load_keys", and_then)
    assert KeysFile(path, ["f"]).admit("function", "f", "abc")
