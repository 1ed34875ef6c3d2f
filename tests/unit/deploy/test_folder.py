"""A state folder holds the state through kills, power cuts and full disks, for one at a time."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.deploy.entries import Began, Done, Gone, Intended
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.folder_reading import stack_of
from funcyard.deploy.records import Deed, State, Unended
from funcyard.deploy.refs import Json
from funcyard.deploy.store import (
    OtherStackError,
    StateDamagedError,
    StateLockedError,
    StateNotWrittenError,
)


def _intent(identity: str) -> Intended:
    return Intended(identity, identity, "box", (), Deed.CREATE, {"x": identity})


async def _fill(folder: Path, *identities: str) -> State:
    async with FolderStore(folder, "s").open() as journal:
        for identity in identities:
            await journal.write(_intent(identity))
            await journal.write(Done(identity))
        return journal.state


async def _state(folder: Path) -> State:
    return (await FolderStore(folder, "s").read()).state


async def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    state = await _fill(tmp_path / "kept", "a", "b")

    assert await _state(tmp_path / "kept") == state
    assert sorted(state.records) == ["a", "b"]


async def test_a_state_in_the_place_of_its_entries_is_the_same(tmp_path: Path) -> None:
    await _fill(tmp_path, "a")
    async with FolderStore(tmp_path, "s").open() as journal:
        await journal.compact()
        await journal.write(Gone("a"))
        await journal.write(_intent("b"))
        state = journal.state

    assert await _state(tmp_path) == state
    assert list(state.records) == ["b"]


async def test_entries_that_the_state_tells_already_are_passed_over(tmp_path: Path) -> None:
    await _fill(tmp_path, "a")
    entries = (tmp_path / "journal.jsonl").read_bytes()
    async with FolderStore(tmp_path, "s").open() as journal:
        await journal.write(Gone("a"))
        await journal.compact()
    (tmp_path / "journal.jsonl").write_bytes(entries)

    assert (await _state(tmp_path)).records == {}


@given(cut=st.integers(min_value=0))
async def test_a_journal_torn_anywhere_holds_every_whole_entry(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    await _fill(folder, "a", "b")
    path = folder / "journal.jsonl"
    whole = path.read_bytes()
    left = whole[: cut % (len(whole) + 1)]
    path.write_bytes(left)

    assert (await _state(folder)).sequence == left.count(b"\n")
    state = await _fill(folder, "c")
    assert "c" in state.records
    assert await _state(folder) == state


async def test_a_line_spoiled_in_between_is_told_with_its_number(tmp_path: Path) -> None:
    await _fill(tmp_path, "a")
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"{}\n" + path.read_bytes())

    with pytest.raises(StateDamagedError, match=r"journal\.jsonl, line 1"):
        await _state(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"stack": 1}', "\udcff"])
async def test_a_state_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(StateDamagedError):
        await _state(tmp_path)


@pytest.mark.parametrize("path", [(), ("records", "a"), ("records", "a", "pending"), ("unended",)])
async def test_a_state_of_a_newer_funcyard_is_left_to_that(
    tmp_path: Path, path: tuple[str, ...]
) -> None:
    """What is passed over would be gone with the next deployment, and with it what it protects."""
    async with FolderStore(tmp_path, "s").open() as journal:
        await journal.write(Began(Unended("deploy")))
        await journal.write(_intent("a"))
        await journal.compact()
    state = json.loads((tmp_path / "state.json").read_text())
    inner = state
    for name in path:
        inner = inner[name]
    inner["guard"] = True
    (tmp_path / "state.json").write_text(json.dumps(state))

    with pytest.raises(StateDamagedError, match=r"guard: Unexpected") as told:
        await _state(tmp_path)
    assert "a newer Funcyard" in (told.value.hint or "")


@pytest.mark.parametrize(
    "line",
    [
        {"n": 3, "entry": {"entry": "guarded", "identity": "a"}},
        {"n": 3, "entry": {"entry": "gone", "identity": "a", "guard": True}},
        {"n": 3, "entry": {"entry": "gone", "identity": "a"}, "guard": True},
    ],
)
async def test_an_entry_of_a_newer_funcyard_is_not_taken_for_torn(
    tmp_path: Path, line: dict[str, Json]
) -> None:
    """It announces a call: who passes over it may make the same thing twice."""
    await _fill(tmp_path, "a")
    path = tmp_path / "journal.jsonl"
    whole = path.read_bytes() + json.dumps(line).encode() + b"\n"
    path.write_bytes(whole)

    with pytest.raises(StateDamagedError, match=r"journal\.jsonl, line 3"):
        await _fill(tmp_path, "b")
    assert path.read_bytes() == whole


async def test_what_is_deployed_under_another_name_is_told_with_what_mends_it(
    tmp_path: Path,
) -> None:
    """Also where the run that deployed it was killed before it ended."""
    await _fill(tmp_path, "a")

    with pytest.raises(
        OtherStackError, match=r"s is deployed by the state in .* this is new"
    ) as is_:
        await FolderStore(tmp_path, "new").read()
    assert is_.value.hint is not None
    assert "take s away first" in is_.value.hint
    assert "give the name s back" in is_.value.hint


async def test_a_name_may_be_changed_once_nothing_is_deployed(tmp_path: Path) -> None:
    """And what is deployed then is that of the new name."""
    await _fill(tmp_path, "a")
    async with FolderStore(tmp_path, "s").open() as journal:
        await journal.write(Gone("a"))

    async with FolderStore(tmp_path, "new").open() as journal:
        await journal.write(_intent("b"))

    assert stack_of(tmp_path) == "new"
    assert list((await FolderStore(tmp_path, "new").read()).state.records) == ["b"]


async def test_one_deploys_at_a_time_and_others_may_look(tmp_path: Path) -> None:
    async with FolderStore(tmp_path, "s").open() as journal:
        await journal.write(Began(Unended("deploy")))
        with pytest.raises(StateLockedError, match=f"process {os.getpid()}"):
            await _fill(tmp_path, "a")
        assert (await _state(tmp_path)).unended == Unended("deploy")
    await _fill(tmp_path, "a")


async def test_what_it_holds_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    async with FolderStore(folder, "s").open() as journal:
        await journal.compact()

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name for path in folder.iterdir()} == {
        "state.json",
        "journal.jsonl",
        "key",
        "lock",
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


async def test_a_key_that_cannot_be_read_is_told_and_not_replaced(tmp_path: Path) -> None:
    """Secrets are made of it: another in its place would make all of them anew."""
    (tmp_path / "key").mkdir()

    for refused in (_state(tmp_path), _fill(tmp_path)):
        with pytest.raises(StateDamagedError, match="cannot be read"):
            await refused
    assert (tmp_path / "key").is_dir()


async def test_the_key_stays_from_run_to_run(tmp_path: Path) -> None:
    async with FolderStore(tmp_path, "s").open() as journal:
        first = journal.seal
    standing = await FolderStore(tmp_path, "s").read()

    assert standing.seal == first
    assert (await FolderStore(tmp_path / "other", "s").read()).seal != first
    assert not (tmp_path / "other").exists()


async def test_a_full_disk_leaves_the_journal_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write

    def half(descriptor: int, content: bytes) -> int:
        if len(content) > 40:
            return write(descriptor, content[:40])
        raise OSError(errno.ENOSPC, "No space left on device")

    async with FolderStore(tmp_path, "s").open() as journal:
        with monkeypatch.context() as full:
            full.setattr(os, "write", half)
            with pytest.raises(StateNotWrittenError, match="No space left") as told:
                await journal.write(_intent("a"))
        await journal.write(_intent("b"))

    assert told.value.hint == "free some space, then resume"
    assert list((await _state(tmp_path)).records) == ["b"]


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StateNotWrittenError):
        await _fill(tmp_path / "file" / "kept", "a")
