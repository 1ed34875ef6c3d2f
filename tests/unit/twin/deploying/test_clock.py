"""A twin's clock is set once and goes on from run to run, never back."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from funcyard.deploy.store import StateDamagedError
from funcyard.twin.contract.clock import read_clock
from funcyard.twin.deploying.clock import FILE, clock_of, clock_setting, keep_clock


def _kept(folder: Path, scale: float | None) -> str | None:
    """Return the clock of a deployment that was decided."""
    setting = clock_setting(folder, scale)
    keep_clock(folder, setting)
    return setting


def test_a_deployment_that_is_not_made_leaves_the_clock_as_it_was(tmp_path: Path) -> None:
    assert clock_setting(tmp_path, 1000) is not None
    assert clock_setting(tmp_path, None) is None
    kept = _kept(tmp_path, 10)
    assert clock_setting(tmp_path, 1) is None
    assert clock_setting(tmp_path, None) == kept


def test_without_one_the_time_is_that_of_day(tmp_path: Path) -> None:
    assert _kept(tmp_path, None) is None
    assert abs(clock_of(tmp_path)() - datetime.now(UTC)) < timedelta(seconds=5)


def test_it_is_kept_and_the_same_scale_changes_nothing(tmp_path: Path) -> None:
    first = _kept(tmp_path, 1000)
    assert first is not None
    assert _kept(tmp_path, None) == _kept(tmp_path, 1000) == first
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_another_scale_goes_on_where_it_was(tmp_path: Path) -> None:
    _kept(tmp_path, 1_000_000)
    time.sleep(0.02)
    before = clock_of(tmp_path)()
    changed = _kept(tmp_path, 10)
    assert changed is not None
    assert read_clock(changed).set_to >= before
    assert read_clock(changed).scale == 10


def test_one_is_the_time_of_day_again(tmp_path: Path) -> None:
    _kept(tmp_path, 1000)
    assert _kept(tmp_path, 1) is None
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("text", ["", "{}", "\udcff", '{"at": 1, "to": 2, "scale": 3}'])
def test_what_is_no_clock_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(StateDamagedError, match=r"clock\.json"):
        _kept(tmp_path, None)
