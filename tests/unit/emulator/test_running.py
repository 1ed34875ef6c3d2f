"""Locations: served by one process at a time, found by others while they are, free afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from funcyard.emulator import running
from funcyard.emulator.core import store as core
from funcyard.emulator.files.store import store as files
from funcyard.emulator.files.store.database import StoreError
from funcyard.emulator.running import EndingError, NotEndedError, NotServingError
from funcyard.errors import FuncyardError


@dataclass(frozen=True)
class _Serving:
    pid: int
    names: tuple[str, ...]


def _found(location: Path) -> _Serving:
    return running.find(location, _Serving, "test service", "test")


def test_a_location_is_served_by_one_process_at_a_time(tmp_path: Path) -> None:
    held = running.occupy(tmp_path, StoreError)
    with pytest.raises(StoreError, match="another process serves this folder"):
        running.occupy(tmp_path, StoreError)
    held.close()
    running.occupy(tmp_path, StoreError).close()


def test_a_location_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FuncyardError, match="cannot be used"):
        running.occupy(tmp_path / "file", StoreError)


def test_what_runs_is_found_and_what_a_kill_left_is_not(tmp_path: Path) -> None:
    held = running.occupy(tmp_path, StoreError)
    running.announce(tmp_path / running.PRIVATE, {"pid": 1, "names": ["a", "b"]})
    assert _found(tmp_path) == _Serving(1, ("a", "b"))
    held.close()
    with pytest.raises(NotServingError) as told:
        _found(tmp_path)
    assert told.value.message == f"no test service runs in {tmp_path}"
    assert told.value.hint == "funcyard emulator start test --location DIR"


def test_what_a_kill_left_is_not_taken_for_the_one_that_starts_next(tmp_path: Path) -> None:
    held = running.occupy(tmp_path, StoreError)
    running.announce(tmp_path / running.PRIVATE, {"pid": 1, "names": []})
    held.close()
    with running.occupy(tmp_path, StoreError), pytest.raises(NotServingError):
        _found(tmp_path)


@pytest.mark.parametrize("values", [{}, {"pid": 1}, {"pid": 1, "names": [], "more": 2}])
def test_what_another_version_wrote_down_is_not_taken_for_this_ones(
    values: dict[str, object], tmp_path: Path
) -> None:
    with running.occupy(tmp_path, StoreError):
        running.announce(tmp_path / running.PRIVATE, values)
        with pytest.raises(NotServingError):
            _found(tmp_path)


@pytest.mark.parametrize("opened", [files.Store, core.Store])
def test_a_location_that_cannot_be_read_is_free_for_the_next(
    opened: type[files.Store | core.Store], tmp_path: Path
) -> None:
    broken = tmp_path / ".store" / "state.sqlite"
    broken.parent.mkdir()
    broken.write_text("no database" * 100)
    with pytest.raises(FuncyardError, match="cannot be opened") as told:
        opened(tmp_path)
    assert told.value.code.endswith("-store")
    broken.unlink()
    opened(tmp_path).close()


def test_what_is_ending_is_told_apart_and_waited_for(tmp_path: Path) -> None:
    private, values = tmp_path / running.PRIVATE, {"pid": 7, "names": ["a"]}
    with running.occupy(tmp_path, StoreError):
        running.announce(private, values)
        running.announce_end(private, values)

        with pytest.raises(EndingError, match="is ending") as told:
            _found(tmp_path)
        with pytest.raises(NotEndedError, match="process 7 has not ended within 0 s") as late:
            running.wait_ended(private, told.value.pid, timeout=0)

    assert "status SERVICE --location DIR" in str(late.value.hint), "else it tells of another one"
    running.wait_ended(private, told.value.pid, timeout=0)
    with pytest.raises(NotServingError, match="no test service runs"):
        _found(tmp_path)
