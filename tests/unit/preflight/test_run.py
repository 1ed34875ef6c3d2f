from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.preflight.given import write

from funcyard.functions.index import IndexingError
from funcyard.preflight.facts import NotImportedYetError, facts_of
from funcyard.preflight.finding import Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.rules import RULES
from funcyard.preflight.run import run
from funcyard.preflight.target import Online, Request, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.finding import Finding

APP = "import azure.functions as func\napp = func.FunctionApp()\n"


def _rule(check: Callable[[Facts], Iterator[Finding]]) -> Rule:
    known = next(rule for rule in RULES if rule.id == "merge-conflict-marker")
    return Rule(
        known.id, Group.SOURCE, Severity.ERROR, "what.", "why.", "mend.", "source", check=check
    )


@pytest.fixture
def request_of(tmp_path: Path, apps_python: Path) -> Callable[..., Request]:
    """Ask about one app that works."""
    write(tmp_path, {"host.json": "{}", "function_app.py": APP})
    target = Target(name="api", directory=tmp_path, interpreter=apps_python)

    def make(**given: object) -> Request:
        return Request(root=tmp_path, targets=(target,), environment={}, **given)  # type: ignore[arg-type]  # fields by name

    return make


def test_a_rule_that_asks_for_the_imported_app_is_asked_again_and_told_once(
    request_of: Callable[..., Request],
) -> None:
    asked: list[object] = []

    def check(facts: Facts) -> Iterator[Finding]:
        asked.append(len(asked))
        yield rule.found("", 0, "before")
        yield rule.found("", 0, f"api holds {len(facts.apps[0].survey.index.functions)}")

    rule = _rule(check)

    report = run(request_of(), [rule])

    assert [finding.message for finding in report.findings] == ["api holds 0", "before"]
    assert len(asked) == 2


def test_a_rule_that_reads_files_is_asked_once(request_of: Callable[..., Request]) -> None:
    asked: list[object] = []

    def check(facts: Facts) -> Iterator[Finding]:
        asked.append(facts.root)
        yield rule.found("", 0, "read")

    rule = _rule(check)

    assert len(run(request_of(), [rule]).findings) == 1
    assert len(asked) == 1


@pytest.mark.parametrize(
    "given", [{"online": Online("http://127.0.0.1:1", app="api")}, {"ask_tools": True}]
)
def test_where_somebody_outside_is_asked_rules_wait_for_the_apps(
    request_of: Callable[..., Request], given: dict[str, object]
) -> None:
    def check(facts: Facts) -> Iterator[Finding]:
        yield rule.found("", 0, facts.apps[0].survey.interpreter.version[:2])

    rule = _rule(check)

    report = run(request_of(**given), [rule])

    assert [finding.message for finding in report.findings] == ["3."]


def test_an_interpreter_that_does_not_start_ends_the_run(tmp_path: Path) -> None:
    target = Target(name="api", directory=tmp_path, interpreter=tmp_path / "none")

    with pytest.raises(IndexingError, match="cannot start"):
        run(Request(root=tmp_path, targets=(target,), environment={}), RULES)


def test_what_importing_tells_is_not_guessed_before(tmp_path: Path) -> None:
    target = Target(name="api", directory=tmp_path, interpreter=tmp_path / "none")
    (app,) = facts_of(Request(root=tmp_path, targets=(target,), environment={})).apps

    with pytest.raises(NotImportedYetError):
        _ = app.survey
