"""How far a download is: told on a terminal only, and only once it lasts."""

from __future__ import annotations

import os
import pty
import time
from contextlib import redirect_stderr

import pytest

from funcyard.cli.workspace._progress import Bytes, described


def test_it_is_told_after_a_second_and_not_with_every_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, redirect_stderr(terminal):
        with Bytes(20_000_000) as progress:
            for now in (0.5, 0.9, 1.1, 1.2, 1.4):
                progress.came(int(now * 10_000_000))
        terminal.write("end")
        terminal.flush()
        shown = b""
        while not shown.endswith(b"end"):
            shown += os.read(ours, 1000)
    os.close(ours)
    assert shown.decode() == "\r    11.0 of 20.0 MB\r    14.0 of 20.0 MB\r\nend"


def test_in_a_pipe_nothing_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with Bytes(None) as progress:
        now = 9.0
        progress.came(1)
    assert capsys.readouterr() == ("", "")


def test_where_nobody_knows_how_much_comes_only_what_came_is_told() -> None:
    assert described(1_500_000, None) == "     1.5 MB"
