"""What is shown of a deployment holds no secret and fits a terminal's line."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.cli.deploy._checked import show
from funcyard.cli.deploy._view import apps_of, draw, in_a_line, plan_text, told
from funcyard.deploy.apply import Report
from funcyard.deploy.deciding import Action, Case, Decision
from funcyard.deploy.diff import MISSING, Difference, Missing
from funcyard.deploy.plan import Plan, Step
from funcyard.deploy.records import Record, State
from funcyard.deploy.refs import Json
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.storage_account import StorageAccount
from funcyard.project.tree import CannotWriteError


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (Difference(("WHO",), "a", "b"), "WHO: 'a' → 'b'"),
        (Difference(("API_KEY",), "hunter2", "b"), "API_KEY: (secret) → (secret)"),
        (Difference(("API_KEY",), MISSING, "hunter2"), "API_KEY: (none) → (secret)"),
        (Difference(("DB_PASSWORD",), "hunter2", MISSING), "DB_PASSWORD: (secret) → (none)"),
        (Difference(("WHO",), "a\x1b[2J", "b"), "WHO: 'a\\x1b[2J' → 'b'"),
    ],
)
def test_values_of_settings_that_are_called_like_secrets_are_hidden(
    difference: Difference, text: str
) -> None:
    assert told(difference) == text


@pytest.mark.parametrize(
    ("found", "wanted", "text"),
    [
        ("a" * 80, "b", f"WHO: '{'a' * 80}' → 'b'"),
        ("a" * 500, MISSING, f"WHO: '{'a' * 80}…' → (none)"),
        (
            f"{'a' * 500}, on",
            f"{'a' * 500}, off{'b' * 90}",
            f"WHO: '…{'a' * 17}, on' → '…{'a' * 17}, off{'b' * 58}…'",
        ),
    ],
)
def test_of_long_values_a_person_sees_where_they_differ(
    found: Json | Missing, wanted: Json | Missing, text: str
) -> None:
    assert in_a_line(Difference(("WHO",), found, wanted)) == text


def test_where_nothing_is_deployed_that_is_told() -> None:
    assert plan_text(Plan({})) == "nothing of this is deployed"


def test_a_part_that_a_stack_does_not_have_is_told_as_that(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """L0 of a twin in one cloud is no failure to deploy it, and no empty table."""
    assert plan_text(Plan({}), "hall has nothing in l0") == "hall has nothing in l0"

    assert show({}, as_json=False, nothing="hall has nothing in l0") == 0
    assert capsys.readouterr().out == "hall has nothing in l0\n"


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (Decision(Action.DELETE), ["with all data in it"]),
        (
            Decision(Action.REPLACE, (Difference(("location",), "a", "b"),)),
            ["with all data in it", "location: 'a' → 'b'"],
        ),
        (
            Decision(Action.DELETE, reason="it is not known whether it was made"),
            ["it is not known"],
        ),
        (Decision(Action.CREATE), []),
    ],
)
def test_whoever_takes_something_away_is_told_that_its_data_go(
    decision: Decision, told: list[str]
) -> None:
    """A layer that moves to another cloud leaves its readings behind, which are deleted."""
    group = ResourceGroup.of("group", "1", "g", "westeurope")
    account = StorageAccount.of("storage", group, "kept", "westeurope")
    step = Step(Case(account, None, None, "hall"), decision, frozenset(), is_declared=False)

    shown = plan_text(Plan({account.identity: step}))

    assert all(one in shown for one in told)
    assert ("with all data" in shown) is any("all data" in one for one in told)


def test_apps_are_told_with_where_they_answer_and_what_they_have() -> None:
    site = Record(
        "api.site", "function-app", "/s", (), "1", made=True, outputs={"url": "https://a"}
    )
    code = Record("api.code", "app-code", "/c", (), "2", made=True, outputs={"functions": ["hi"]})
    bare = Record(
        "jobs.site", "function-app", "/j", (), "3", made=True, outputs={"url": "https://j"}
    )
    state = State("shop", records={one.identity: one for one in (bare, site, code)})

    assert apps_of(state) == [
        {"app": "api", "url": "https://a", "functions": ["hi"]},
        {"app": "jobs", "url": "https://j", "functions": []},
    ]


def test_a_drawing_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError, match="cannot be drawn"):
        draw(tmp_path / "gone" / "a.svg", report=Report({}, {}, {}))
