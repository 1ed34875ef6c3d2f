"""What funcyard.yaml declares, against the functions that the worker finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.preflight.given import INTERPRETER, facts, found

from funcyard.functions.declared import Declared
from funcyard.functions.model import Binding, Function, Index, LoadFailure
from funcyard.functions.survey import Stray, Survey
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.functions_declared import RULE

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.preflight.finding import Finding

SOURCE = "import azure.functions as func\n\n@app.queue_trigger()\ndef take(msg): ...\n"


def take(queue: str = "tasks") -> Function:
    trigger = Binding("msg", "queueTrigger", "in", {"queueName": queue})
    return Function("take", "function_app.py", (trigger,), file="function_app.py", line=3)


def said(root: Path, survey: Survey, *declared: Declared) -> list[Finding]:
    given = facts(root, {"function_app.py": SOURCE}, survey=survey, target={"declared": declared})
    return found(RULE, given)


def test_a_function_that_is_declared_and_not_found_is_told(tmp_path: Path) -> None:
    survey = Survey(Index(), INTERPRETER)

    [finding] = said(tmp_path, survey, Declared("take", "queue", {"queue": "tasks"}))

    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "api: take (queue `tasks`) is declared in funcyard.yaml and not found"
    )


def test_another_queue_than_declared_is_told_at_its_place(tmp_path: Path) -> None:
    survey = Survey(Index((take("old"),)), INTERPRETER)

    [finding] = said(tmp_path, survey, Declared("take", "queue", {"queue": "tasks"}))

    assert (finding.file, finding.line) == ("function_app.py", 3)
    assert finding.message.endswith("is not as funcyard.yaml says: queue `old`, not `tasks`")
    assert finding.evidence == "@app.queue_trigger()"


def test_a_function_that_nothing_declares_is_a_note(tmp_path: Path) -> None:
    [finding] = said(tmp_path, Survey(Index((take(),)), INTERPRETER))

    assert finding.severity is Severity.NOTE


def test_what_another_rule_explains_is_not_told_again(tmp_path: Path) -> None:
    declared = Declared("take", "queue", {"queue": "tasks"})
    broken = Survey(Index(failure=LoadFailure("SyntaxError", "no")), INTERPRETER)
    stray = Stray("blueprint", "bp", "function_app.py", (("take", "function_app.py", 3),))
    astray = Survey(Index(), INTERPRETER, strays=(stray,))

    assert said(tmp_path, broken, declared) == []
    assert said(tmp_path, astray, declared) == []


def test_an_app_without_a_spec_has_nothing_to_differ_from(tmp_path: Path) -> None:
    survey = Survey(Index((take(),)), INTERPRETER)

    assert found(RULE, facts(tmp_path, {"function_app.py": SOURCE}, survey=survey)) == []
