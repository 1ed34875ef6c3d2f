"""The rules on what a function needs to be built: one trigger, a name of its own."""

from __future__ import annotations

from pathlib import Path

from tests.unit.preflight.failing import failing, raising
from tests.unit.preflight.given import facts, found

from funcyard.preflight.rules import function_name_twice, several_triggers, trigger_missing

HEAD = "import azure.functions as func\napp = func.FunctionApp()\n"
TICK = '@app.timer_trigger(arg_name="timer", schedule="0 * * * * *")\n'


def test_a_function_without_a_trigger_is_told_with_what_it_has(tmp_path: Path) -> None:
    script = (
        f'{HEAD}@app.queue_output(arg_name="out", queue_name="q", connection="S")\ndef put(): ...\n'
    )
    survey = failing("ValueError", "Function put does not have a trigger. A valid …", line=3)

    (finding,) = found(
        trigger_missing.RULE, facts(tmp_path, {"function_app.py": script}, survey=survey)
    )

    assert finding.line == 3
    assert finding.message == "put: none of its decorators is a trigger (queue_output)"


def test_two_triggers_are_told_by_their_lines(tmp_path: Path) -> None:
    script = f'{HEAD}{TICK}@app.route("x")\ndef both(timer, req): ...\n'
    survey = raising(
        "ValueError", "A trigger was already registered to this function. Adding", line=3
    )

    (finding,) = found(
        several_triggers.RULE, facts(tmp_path, {"function_app.py": script}, survey=survey)
    )

    assert (
        finding.message == "both: has several triggers: timer_trigger (line 3) and route (line 4)"
    )
    assert finding.evidence.endswith("A trigger was already registered to this function")


def test_a_name_used_twice_is_told_with_the_other_place(tmp_path: Path) -> None:
    other = (
        "from function_app import app\n\n"
        '@app.function_name("same")\n@app.route("b")\ndef first(req): ...\n'
    )
    survey = failing(
        "ValueError",
        "Function same does not have a unique function name. Please change @app.function_name()",
        line=3,
        imported="function_app.py other.py",
    )
    files = {
        "function_app.py": f'{HEAD}@app.route("a")\ndef same(req): ...\n',
        "other.py": other,
        "never.py": other,
    }

    (finding,) = found(function_name_twice.RULE, facts(tmp_path, files, survey=survey))

    assert (finding.file, finding.line) == ("function_app.py", 3)
    assert finding.message == "same: another function has this name, at other.py:3"
