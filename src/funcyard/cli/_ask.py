"""Questions on a terminal, as :mod:`funcyard.project.questions` puts them."""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class TerminalAsker:
    """Asks with click; what is said goes to standard error, so that output stays a result's."""

    def prompt(self, text: str, *, default: str) -> str:
        """Return a line of text; an empty answer is the default."""
        answer: str = click.prompt(text, default=default, show_default=bool(default), err=True)
        return answer

    def confirm(self, text: str, *, default: bool) -> bool:
        """Return yes or no."""
        return click.confirm(f"{text}?", default=default, err=True)

    def choose(self, text: str, options: Sequence[str], *, default: str) -> str:
        """Return one of the options."""
        answer: str = click.prompt(text, type=click.Choice(options), default=default, err=True)
        return answer

    def say(self, text: str) -> None:
        """Tell the person something."""
        click.echo(text, err=True)


def can_ask() -> bool:
    """Whether a person can be asked: both ends are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end a question that is put within an event loop.

    A loop hears of Ctrl-C and waits for what runs in it: for the answer, that is.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
