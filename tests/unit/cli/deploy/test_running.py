"""Whether a plan is carried out where nobody can be asked, and what a run exits with."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import pytest

from funcyard.azure.errors import AzureRefusedError, AzureUnreachableError
from funcyard.cli.deploy._options import Choice
from funcyard.cli.deploy._running import Approval, NotAskedError, carry_out, status_of
from funcyard.deploy.apply import Report
from funcyard.deploy.deciding import Action, Case, Decision
from funcyard.deploy.plan import Plan, Step
from funcyard.deploy.records import State, Unended
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.schedule import Ending, Result
from funcyard.errors import FuncyardError

_CHOICE = Choice(Path(), "local", None, None, None, None, as_json=True)
_SHOWN = replace(_CHOICE, as_json=False)
_SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
_GROUP = ResourceGroup.of("group", _SUBSCRIPTION, "g", "westeurope")


@dataclass(frozen=True)
class _Deployed:
    """What is recorded, while a run goes on or not."""

    unended: Unended | None

    async def state(self) -> State:
        return State("shop", unended=self.unended)


def _plan(action: Action) -> Plan[Any]:
    case = Case(_GROUP, None, None, "shop")
    step = Step(case, Decision(action), frozenset(), is_declared=True)
    return Plan({_GROUP.identity: step})


def _ended(*failures: FuncyardError) -> Report:
    results = {
        f"/{number}": Result(Ending.FAILED, "", failure, (), 0.0, 1.0)
        for number, failure in enumerate(failures)
    }
    return Report(results, {identity: identity for identity in results}, {})


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.ADOPT, Action.NONE])
def test_what_takes_nothing_away_goes_ahead(action: Action) -> None:
    assert Approval(_CHOICE, yes=False)(_plan(action))


@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE])
def test_what_takes_something_away_needs_a_yes(action: Action) -> None:
    with pytest.raises(NotAskedError, match="group would be taken away"):
        Approval(_CHOICE, yes=False)(_plan(action))
    assert Approval(_CHOICE, yes=True)(_plan(action))


def test_of_much_that_would_be_taken_away_the_first_few_are_named() -> None:
    steps = {}
    for number in range(30):
        group = ResourceGroup.of(f"g{number}", _SUBSCRIPTION, f"g{number}", "westeurope")
        case = Case(group, None, None, "shop")
        steps[group.identity] = Step(case, Decision(Action.DELETE), frozenset(), is_declared=False)

    with pytest.raises(NotAskedError, match=r"^g0, g1, g2 and 27 more would be taken away"):
        Approval(_CHOICE, yes=False)(Plan(steps))


@pytest.mark.parametrize(
    ("action", "is_done"), [(Action.CREATE, True), (Action.DELETE, False), (Action.REPLACE, False)]
)
def test_enter_alone_takes_nothing_away(
    action: Action, monkeypatch: pytest.MonkeyPatch, *, is_done: bool
) -> None:
    monkeypatch.setattr("funcyard.cli.deploy._running.can_ask", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "")
    assert Approval(_SHOWN, yes=False)(_plan(action)) is is_done


def test_a_person_who_ends_a_question_need_not_answer_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop hears of Ctrl-C only when it is back at work, and then once more is needed."""

    def ended(_question: str) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return "y"

    async def asked() -> bool:
        return Approval(_SHOWN, yes=False)(_plan(Action.CREATE))

    monkeypatch.setattr("funcyard.cli.deploy._running.can_ask", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", ended)
    handled = signal.getsignal(signal.SIGINT)
    with pytest.raises(click.Abort):
        asyncio.run(asked())
    assert signal.getsignal(signal.SIGINT) is handled


@pytest.mark.parametrize("unended", [Unended("deploy"), None])
async def test_a_run_that_is_ended_by_a_person_names_what_goes_on_with_it(
    unended: Unended | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """And one that had not begun yet names nothing."""
    group = click.Context(click.Group("deploy"), info_name="funcyard deploy")

    async def interrupted(_approval: Approval) -> Report | None:
        raise asyncio.CancelledError

    with click.Context(click.Command("up"), parent=group), pytest.raises(asyncio.CancelledError):
        await carry_out(_Deployed(unended), _CHOICE, interrupted, yes=True)

    told = "funcyard deploy resume goes on with it\n" if unended else ""
    assert capsys.readouterr().err == told


async def test_a_drawing_that_cannot_be_written_leaves_the_one_document_of_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program that reads the report finds nothing behind it, and learns of it by the status."""
    (tmp_path / "a.svg").mkdir()

    async def done(approval: Approval) -> Report | None:
        approval(_plan(Action.NONE))
        return _ended()

    choice = replace(_CHOICE, svg=tmp_path / "a.svg")
    assert await carry_out(_Deployed(None), choice, done, yes=True) == 1

    told = capsys.readouterr()
    assert json.loads(told.out)["is_good"]
    assert "a.svg cannot be drawn: Is a directory" in told.err


@pytest.mark.parametrize(
    ("failures", "status"),
    [
        ([], 0),
        ([AzureRefusedError("no")], 3),
        ([AzureUnreachableError("gone"), AzureUnreachableError("gone")], 4),
        ([AzureRefusedError("no"), AzureUnreachableError("gone")], 1),
        ([FuncyardError("odd")], 1),
    ],
)
def test_a_run_exits_with_what_its_failures_have_in_common(
    failures: list[FuncyardError], status: int
) -> None:
    assert status_of(_ended(*failures)) == status
