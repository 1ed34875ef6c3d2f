from __future__ import annotations

from typing import Any

import pytest

from funcyard.cli._up_view import LiveView
from funcyard.host.events import Event

REASON = "second: the connection SecondStorage is not set: give it in .env.local, or rename it"


class _Project:
    """A project of one app that failed."""

    def __init__(self, reason: str, count: int = 1) -> None:
        self._app = {"url": "http://127.0.0.1:7071", "state": "failed", "reason": reason}
        self._count = count

    def status(self) -> dict[str, Any]:
        apps = [{**self._app, "name": f"api{n}", "functions": []} for n in range(self._count)]
        return {"apps": apps, "storage": {}}


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch) -> LiveView:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "12")
    return LiveView()


def shown(view: LiveView) -> list[str]:
    rows = str(view._live.get_renderable()).split("\n")  # noqa: SLF001 - what is drawn
    view.close()
    return rows


def test_an_error_is_whole_however_narrow_the_terminal_is(view: LiveView) -> None:
    view.show([Event("log", REASON, app="api", level="error")])

    assert REASON in " ".join(" ".join(shown(view)).split())


def test_the_reason_of_a_failed_app_is_whole(view: LiveView) -> None:
    view.ready(_Project(REASON))

    assert REASON in " ".join(" ".join(shown(view)).split())


def test_the_newest_line_of_the_log_is_there_however_many_apps_there_are(view: LiveView) -> None:
    view.ready(_Project("", count=20))
    view.show([Event("log", f"line {number}", app="api") for number in range(30)])
    rows = shown(view)

    assert len(rows) < 12
    assert rows[-1].endswith("line 29")
