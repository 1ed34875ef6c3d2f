"""Compiled code on disk: whole, readable by workers, bounded."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

import pytest

from funcyard.workflows.pool.compiled import CompiledCode

TAG = "a70d0d0a-0"


def told(name: str, code: bytes = b"code") -> dict[str, str]:
    key = hashlib.sha256(name.encode()).hexdigest()
    return {"t": "code", "tag": TAG, "key": key, "code": base64.b64encode(code).decode()}


def kept(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_what_is_kept_can_be_proved_and_read_by_others_but_not_listed(tmp_path: Path) -> None:
    message = told("a.py", b"some code")
    CompiledCode(tmp_path / "compiled").keep([message])

    entry = tmp_path / "compiled" / TAG / message["key"]
    assert entry.read_bytes() == hashlib.sha256(b"some code").digest() + b"some code"
    assert entry.stat().st_mode & 0o777 == 0o444
    for folder in (entry.parent, entry.parent.parent):
        assert folder.stat().st_mode & 0o777 == 0o711


@pytest.mark.parametrize(
    "change",
    [
        {"tag": "../outside"},
        {"tag": "a70d0d0a-0/.."},
        {"key": "../" + "0" * 61},
        {"key": "0" * 63},
        {"key": 7},
        {"code": "no base64!"},
        {"code": None},
    ],
)
def test_what_cannot_be_meant_is_left_out(tmp_path: Path, change: dict[str, object]) -> None:
    compiled = CompiledCode(tmp_path / "compiled")
    compiled.keep([{**told("a.py"), **change}, told("b.py")])

    assert list(kept(tmp_path)) == [told("b.py")["key"]]


def test_the_oldest_goes_where_there_is_too_much(tmp_path: Path) -> None:
    compiled = CompiledCode(tmp_path, capacity=4000)
    for number in range(5):
        message = told(f"{number}.py", bytes(1000))
        compiled.keep([message])
        entry = tmp_path / TAG / message["key"]
        if entry.exists():
            os.utime(entry, (number, number))

    # The fourth was one too many: down to half, from the oldest on.
    assert kept(tmp_path).keys() == {told("3.py")["key"], told("4.py")["key"]}


def test_what_another_engine_kept_counts(tmp_path: Path) -> None:
    for number in range(6):
        CompiledCode(tmp_path, capacity=4000).keep([told(f"{number}.py", bytes(1000))])

    assert sum(map(len, kept(tmp_path).values())) <= 4000


def test_a_disk_that_refuses_is_no_fault(tmp_path: Path) -> None:
    place = tmp_path / "compiled"
    place.write_text("a file")

    CompiledCode(place).keep([told("a.py")])

    assert place.read_text() == "a file"
