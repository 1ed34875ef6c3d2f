"""The help of a command is enough to use it: its arguments and options, and examples that work."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from tests.unit.cli.test_documented import _ALL

_RUNNING = ["funcyard up", "funcyard down", "funcyard logs", "funcyard invoke", "funcyard status"]
_WIDTH = 79
_STATUSES = ["0", "1", "2", "3", "4", "130"]
"""Success, failure, bad usage, refused, not reached, interrupted: the same for all commands."""
_ASKS_AZURE = [
    name
    for name, command in _ALL.items()
    if re.match(r"funcyard orch (?!config)", name) and not isinstance(command, click.Group)
]


def _shown(name: str) -> str:
    command = _ALL[name]
    context = click.Context(command, info_name=name, terminal_width=_WIDTH)
    return command.get_help(context)


def _examples(name: str) -> list[str]:
    shown = _shown(name).partition("Examples:\n")[2]
    return [re.split(r"\s{2,}", line.strip())[0] for line in shown.splitlines()]


@pytest.mark.parametrize("name", _ALL)
def test_every_option_of_a_command_is_explained(name: str) -> None:
    options = [one for one in _ALL[name].params if isinstance(one, click.Option)]

    assert [option.opts for option in options if not option.help] == []


def _statuses(name: str) -> list[str]:
    """The exit statuses that a command's help explains, in its order."""
    told = " ".join((_ALL[name].help or "").split()).partition("Exit status: ")[2]
    return re.findall(r"(?:^|[,;] )(\d+)\b", told)


@pytest.mark.parametrize("name", _ALL)
def test_exit_statuses_mean_the_same_for_every_command(name: str) -> None:
    told = _statuses(name)

    assert told == [one for one in _STATUSES if one in told]
    assert told == [] or told[0] == "0"
    assert ("3" in told) == ("4" in told)  # who asks a service may be refused, or not reach it


@pytest.mark.parametrize("name", _ASKS_AZURE)
def test_what_asks_azure_about_an_app_explains_how_that_may_end(name: str) -> None:
    assert {"0", "2", "3", "4", "130"} <= set(_statuses(name))


@pytest.mark.parametrize("name", _RUNNING)
def test_every_argument_is_explained(name: str) -> None:
    text = " ".join((_ALL[name].help or "").split())
    arguments = [one for one in _ALL[name].params if isinstance(one, click.Argument)]

    assert [
        one.name for one in arguments if not re.search(rf"\b{one.human_readable_name}\b", text)
    ] == []


@pytest.mark.parametrize("name", _RUNNING)
def test_there_are_examples_that_fit_a_terminal_and_are_right(name: str) -> None:
    examples = _examples(name)

    assert examples
    assert max(map(len, _shown(name).splitlines())) <= _WIDTH
    for example in examples:
        program, command, *arguments = shlex.split(example)
        assert f"{program} {command}" == name
        assert _ALL[name].make_context(command, arguments).params


def test_every_kind_of_trigger_has_an_example_of_its_call() -> None:
    shown = _shown("funcyard invoke")

    assert all(re.search(rf"  {kind}\b", shown) for kind in ("HTTP", "queue", "blob", "timer"))
