"""A change that was cut short is completed by the next start, at whatever point it was cut."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.unit.emulator.files.driver import ACCOUNT, Driver

from funcyard.emulator.files.store import steps
from funcyard.emulator.files.store.journal import Change, Journal
from funcyard.emulator.files.store.store import Store


class _CutError(BaseException):
    """The process ends here."""


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let every change be written down as intended, and end before its step is done."""

    def make(journal: Journal, change: Change) -> None:
        assert change.step is not None
        database = journal._database  # noqa: SLF001 - what a kill would leave
        intent = {"step": asdict(change.step), "notes": change.notes}
        with database.transaction():
            database.begin_step(json.dumps(intent))
        raise _CutError

    monkeypatch.setattr(Journal, "make", make)
    return monkeypatch


def _restarted(driver: Driver) -> Driver:
    driver.close()
    return Driver(driver.location)


def _filled(location: Path) -> Driver:
    driver = Driver(location)
    driver.ask("PUT", "share", "restype=share")
    driver.ask("PUT", "share/d", "restype=directory")
    driver.create("share/f", 8)
    driver.write("share/f", 0, b"12345678")
    driver.create("share/d/g", 0)
    return driver


def _interrupt(driver: Driver, cut: pytest.MonkeyPatch, what: str, done: bool) -> Driver:  # noqa: FBT001
    """Cut a request short, before its step or right after it, and start again."""
    staged = driver.store.location / ".store" / "staged"
    requests = {
        "write": lambda: driver.write("share/f", 2, b"xx"),
        "replace": lambda: driver.create("share/f", 3),
        "resize": lambda: driver.ask("PUT", "share/f", "comp=properties", x_ms_content_length="4"),
        "clear": lambda: driver.ask(
            "PUT", "share/f", "comp=range", x_ms_write="clear", x_ms_range="bytes=0-3"
        ),
        "delete": lambda: driver.ask("DELETE", "share/f"),
        "rename": lambda: driver.rename("share/d", "share/e", directory=True),
        "make": lambda: driver.ask("PUT", "share/new", "restype=directory"),
        "share": lambda: driver.ask("DELETE", "share", "restype=share"),
    }
    cut.setattr(Path, "unlink", lambda *_, **__: None)  # nor does it tidy up
    with pytest.raises(_CutError):
        requests[what]()
    cut.undo()
    if done:
        values = json.loads(driver.store.database.steps()[0])
        step = steps.Step.load(values["step"])
        steps.apply(step, driver.store.location, driver.store.location / ".store")
    assert len(driver.store.database.steps()) == 1
    driver = _restarted(driver)
    assert driver.store.recovered == 1
    assert not list(staged.iterdir())
    return driver


@pytest.mark.parametrize("done", [False, True], ids=["before its step", "after its step"])
@pytest.mark.parametrize(
    "what", ["write", "replace", "resize", "clear", "delete", "rename", "make", "share"]
)
def test_a_change_that_was_cut_short_is_completed(
    tmp_path: Path,
    cut: pytest.MonkeyPatch,
    what: str,
    done: bool,  # noqa: FBT001
) -> None:
    make = Journal.make
    cut.undo()
    driver = _filled(tmp_path)
    before = driver.ask("HEAD", "share/f").headers
    cut.setattr(Journal, "make", make)
    driver = _interrupt(driver, cut, what, done)

    content = {
        "write": b"12xx5678",
        "replace": b"\0\0\0",
        "resize": b"1234",
        "clear": b"\0\0\0\x005678",
    }
    found = driver.ask("GET", "share/f")
    if what in content:
        assert found.body == content[what]
        assert found.headers["ETag"] != before["ETag"]
        assert found.headers["ETag"] == driver.ask("HEAD", "share/f").headers["ETag"]
    if what == "delete":
        assert found.code == "ResourceNotFound"
    if what == "rename":
        assert driver.ask("HEAD", "share/e/g").status == 200
        assert driver.ask("HEAD", "share/d/g").status == 404
    if what == "make":
        assert driver.ask("GET", "share/new", "restype=directory").status == 200
    if what == "share":
        assert driver.ask("GET", "share", "restype=share").code == "ShareNotFound"
        assert not (tmp_path / ACCOUNT / "share").exists()
    driver.close()


def test_a_change_of_what_is_gone_since_is_forgotten(
    tmp_path: Path, cut: pytest.MonkeyPatch
) -> None:
    make = Journal.make
    cut.undo()
    driver = _filled(tmp_path)
    cut.setattr(Journal, "make", make)
    with pytest.raises(_CutError):
        driver.ask("DELETE", "share/d/g")
    cut.undo()
    (tmp_path / ACCOUNT / "share" / "d" / "g").unlink()
    (tmp_path / ACCOUNT / "share" / "d").rmdir()
    driver = _restarted(driver)

    assert driver.ask("HEAD", "share/f").status == 200
    driver.close()


def test_a_step_that_the_file_system_refuses_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = _filled(tmp_path)
    before = driver.ask("HEAD", "share/f").headers["ETag"]

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(steps, "apply", refuse)
    said = driver.write("share/f", 0, b"xx")
    monkeypatch.undo()

    assert (said.status, said.code) == (403, "ShareSizeLimitReached")
    assert driver.ask("HEAD", "share/f").headers["ETag"] == before
    assert driver.ask("GET", "share/f").body == b"12345678"
    assert driver.store.database.steps() == []
    driver.close()
    Store(tmp_path).close()
