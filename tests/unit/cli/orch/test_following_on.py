"""The next command names the app as the command did that told it: it works as it is printed."""

from __future__ import annotations

import pytest

from funcyard.cli.orch._following_on import about_the_same, report_about_the_same
from funcyard.cli.orch._which import Choice
from funcyard.containerapps.health.results import Report, Result, warns

_GIVEN = Choice({"app-name": "orch-dev", "resource-group": "rg (1)"}, "dev")
_TOLD = "--app-name orch-dev --resource-group 'rg (1)' --profile dev"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("funcyard orch logs --tail 9", f"funcyard orch logs {_TOLD} --tail 9"),
        (
            "requests stay; funcyard orch revision deactivate orch-dev--2 ends it",
            f"requests stay; funcyard orch revision deactivate {_TOLD} orch-dev--2 ends it",
        ),
        (
            "funcyard orch status or funcyard orch health",
            f"funcyard orch status {_TOLD} or funcyard orch health {_TOLD}",
        ),
        ("funcyard orch revisions", f"funcyard orch revisions {_TOLD}"),
        ("az containerapp list -g rg", "az containerapp list -g rg"),
        ("funcyard orch config set cloud local", "funcyard orch config set cloud local"),
    ],
)
def test_a_command_names_the_app_that_options_named(words: str, told: str) -> None:
    assert about_the_same(words, _GIVEN) == told


def test_what_no_option_said_the_next_command_finds_by_itself() -> None:
    assert about_the_same("funcyard orch status", Choice()) == "funcyard orch status"


def test_next_commands_of_a_report_name_it_too() -> None:
    report = Report("orch-dev", (Result("app", warns("it is new", next="funcyard orch status")),))
    (result,) = report_about_the_same(report, _GIVEN).results
    assert result.found.next == f"funcyard orch status {_TOLD}"
    assert result.found.message == "it is new"
