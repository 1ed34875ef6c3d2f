"""What a rollout shows: of which revision the platform tells, and what comes next."""

from __future__ import annotations

from typing import cast

import pytest
from tests.unit.containerapps.observed import NEW, OLD, observed, revision

from funcyard.cli.orch._rollout_view import View
from funcyard.cli.orch._which import Choice
from funcyard.containerapps.events import Event
from funcyard.containerapps.rollout.following import Outcome
from funcyard.containerapps.rollout.rolling import Ended, Rollout
from funcyard.containerapps.rollout.sending import Sent

_ROLLOUT = cast("Rollout", None)  # what was sent back is told without it
_SENT = Sent(observed(revision(NEW)).app, NEW, is_new=True)


def test_of_a_revision_that_fails_meanwhile_is_told_which_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, reason in ((NEW, "ContainerStarted"), (OLD, "ContainerTerminated")):
        View(Choice()).happens(Event(None, "Normal", reason, "main", revision=name))

    new, old = capsys.readouterr().err.splitlines()
    assert new.split() == ["0000002", "ContainerStarted", "main"]
    assert old.split() == ["0000001", "ContainerTerminated", "main"]


@pytest.mark.parametrize("runs", [True, False])
def test_where_what_was_sent_back_fails_too_it_says_what_comes_next(
    capsys: pytest.CaptureFixture[str], *, runs: bool
) -> None:
    failed = Outcome(NEW, runs=False, because=("it crashes",))

    View(Choice()).ended(_ROLLOUT, Ended(_SENT, failed, Outcome(OLD, runs=runs)))

    told = capsys.readouterr().out.splitlines()
    assert told[-1] == (f"{OLD} runs" if runs else "next: funcyard orch health --deep")
