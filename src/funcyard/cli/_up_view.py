"""How a running project looks: plain lines in a pipe, JSON lines for tools, live on a terminal."""

from __future__ import annotations

import functools
import json
import textwrap
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

import click

from funcyard.output import table, to_json

if TYPE_CHECKING:
    from funcyard.host.events import Event

_COLOURS = {"error": "red", "warning": "yellow", "debug": "bright_black"}
_WHOLE = frozenset({"red", "yellow"})
_TOLD = frozenset({"app", "stopping"})
_SHOWN_LINES = 200
_REFRESH_PER_SECOND = 8


class Running(Protocol):
    """What is shown: a project, or one app."""

    def status(self) -> dict[str, Any]:
        """Return apps, functions and storage, without keys."""
        ...


class View(Protocol):
    """What ``up`` tells."""

    def show(self, events: list[Event]) -> None:
        """Show events."""
        ...

    def ready(self, running: Running) -> None:
        """Show the project once every app serves or has failed."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


class JsonView:
    """One JSON object a line, the first of them ``ready``, the last ``ended``."""

    def __init__(self) -> None:
        self._ready = False

    def show(self, events: list[Event]) -> None:
        """Print events, once the project is ready, and its end."""
        told = [event.as_dict() for event in events if self._ready or event.kind == "ended"]
        if told:
            click.echo("\n".join(json.dumps(document, ensure_ascii=False) for document in told))

    def ready(self, running: Running) -> None:
        """Print apps, functions and storage, without keys."""
        click.echo(to_json({"event": "ready", **running.status()}, indent=None))
        self._ready = True

    def close(self) -> None:
        """Nothing to restore."""


class PlainView:
    """A line an event: time, app, text.

    Args:
        quiet: Show only warnings, errors and states, on standard error: the demo's output comes
            first.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet

    def show(self, events: list[Event]) -> None:
        """Print events in one write; every line of a traceback carries its app's name."""
        lines: list[str] = []
        for event in events:
            if self._quiet and event.level not in {"error", "warning"} and event.kind not in _TOLD:
                continue
            colour = _COLOURS.get(event.level)
            texts = format_event(event)
            lines += [click.style(text, fg=colour) for text in texts] if colour else texts
        if lines:
            click.echo("\n".join(lines), err=self._quiet)

    def ready(self, running: Running) -> None:
        """Print the table of apps and functions."""
        click.echo(overview(running.status()), err=self._quiet)

    def close(self) -> None:
        """Nothing to restore."""


class LiveView:
    """Apps and functions above, the latest lines of the log below, redrawn as they change."""

    def __init__(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - only on a terminal
        from rich.live import Live  # noqa: PLC0415 - only on a terminal

        self._lines: deque[tuple[str, str]] = deque(maxlen=_SHOWN_LINES)
        self._running: Running | None = None
        self._console = Console()
        self._live = Live(
            console=self._console,
            get_renderable=self._render,
            refresh_per_second=_REFRESH_PER_SECOND,
            transient=False,
        )
        self._live.start()

    def show(self, events: list[Event]) -> None:
        """Keep events for the next redraw."""
        for event in events[-_SHOWN_LINES:]:
            colour = _COLOURS.get(event.level, "")
            self._lines.extend((line, colour) for line in format_event(event))

    def ready(self, running: Running) -> None:
        """Begin to show the project's state."""
        self._running = running

    def close(self) -> None:
        """Draw a last time and give the terminal back."""
        self._live.stop()

    def _render(self) -> Any:  # noqa: ANN401 - whatever rich can draw
        from rich.text import Text  # noqa: PLC0415 - only on a terminal

        height, width = self._console.height - 1, self._console.width
        told = overview(self._running.status()) if self._running else "starting"
        head = [row for line in told.splitlines() for row in folded(line, width)]
        rows: list[tuple[str, str]] = []
        for line, colour in reversed(self._lines):
            if len(rows) >= height:
                break
            pieces = folded(line, width) if colour in _WHOLE else [line]
            rows[:0] = [(piece, colour) for piece in pieces]
        shown = rows[-max(height - len(head) - 1, height // 2) :]
        text = Text(no_wrap=True, overflow="ellipsis", end="")
        text.append("\n".join(head[: height - len(shown) - 1]) + "\n")
        for row, colour in shown:
            text.append("\n" + row, style=colour.replace("bright_black", "dim"))
        return text


def folded(line: str, width: int) -> list[str]:
    """Return a line in pieces that fit."""
    return textwrap.wrap(line, width, subsequent_indent="  ", drop_whitespace=False) or [""]


def overview(status: dict[str, Any]) -> str:
    """Return apps and functions as a table, and where storage is."""
    rows = []
    for app in status["apps"]:
        rows.append([app["name"], app["url"], app["state"], app["reason"]])
        for function in app["functions"]:
            trigger = function["trigger"]
            if function["methods"]:
                trigger += " " + ",".join(function["methods"])
            state = "" if function["state"] == "listening" else function["state"]
            note = " ".join(part for part in (state, function["reason"]) if part)
            rows.append([f"  {function['name']}", function["route"], trigger, note])
        rows += [
            [f"  {one['function']}", "", one["departure"], one["message"]]
            for one in app.get("departures", ())
            if one["departure"] != "undeclared"
        ]
    lines = [table(["app", "address", "state", ""], rows)]
    if status["storage"]:
        places = (f"{kind} {url.split('/')[2]}" for kind, url in status["storage"].items())
        lines.append("storage  " + "  ".join(places))
    return "\n".join(lines)


def format_event(event: Event) -> list[str]:
    """Return the lines of an event for a person."""
    moment = _clock(int(event.time))
    who = event.app or "funcyard"
    return [f"{moment} {who:<14} {line}" for line in event.message.splitlines() or [""]]


@functools.lru_cache(maxsize=16)
def _clock(seconds: int) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))
