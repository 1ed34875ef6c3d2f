"""The rules on annotations: what is written, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.failing import failing, refusing
from tests.unit.preflight.given import facts, found

from funcyard.preflight.rules import (
    annotation_does_not_fit,
    annotation_not_a_class,
    annotation_unresolved,
    return_annotation,
)

HEAD = """\
from typing import Any, Dict, List, Optional, Union
import typing as t
import azure.functions as func
from core import app
"""
ACTIVITY = '@app.activity_trigger(input_name="value")\n'
QUEUE = '@app.queue_trigger(arg_name="value", queue_name="q", connection="S")\n'
HUB = '@app.event_hub_message_trigger(arg_name="value", event_hub_name="h", connection="S", '
MANY = f"{HUB}cardinality=func.Cardinality.MANY)\n"
TIMER = '@app.timer_trigger(arg_name="value", schedule="0 * * * * *")\n'


@pytest.mark.parametrize(
    ("decorator", "annotation", "instead"),
    [
        (ACTIVITY, "dict[str, Any]", "dict"),
        (ACTIVITY, "list[dict]", "list"),
        (ACTIVITY, "dict | None", "dict"),
        (ACTIVITY, "None | list[str]", "list"),
        (ACTIVITY, "Optional[Dict[str, int]]", "dict"),
        (ACTIVITY, "t.Union[None, Own]", "Own"),
        (ACTIVITY, "'dict[str, Any]'", "dict"),
        (ACTIVITY, "Optional['Own']", "Own"),
        (QUEUE, "func.QueueMessage | None", "func.QueueMessage"),
        (QUEUE, "Optional[str]", "str"),
        (QUEUE, "dict[str, Any]", "func.QueueMessage"),
        (QUEUE, "Own | None", "func.QueueMessage"),
        (MANY, "list[func.EventHubEvent]", "List[func.EventHubEvent]"),
        (MANY.replace("func.Cardinality.MANY", "'many'"), "list[Own]", "func.EventHubEvent"),
        (f"{HUB})\n", "list[func.EventHubEvent]", "func.EventHubEvent"),
    ],
)
def test_a_generic_annotation_is_told_with_the_class_to_write(
    tmp_path: Path, decorator: str, annotation: str, instead: str
) -> None:
    script = f"{HEAD}{decorator}def work(\n    value: {annotation},\n): ...\n"
    survey = refusing(f"binding value has invalid non-type annotation {annotation}", 5)

    (finding,) = found(
        annotation_not_a_class.RULE, facts(tmp_path, {"function_app.py": script}, survey=survey)
    )

    assert (finding.line, finding.next) == (7, f"write value: {instead}")
    assert f'the annotation of "value" is {annotation}' in finding.message


@pytest.mark.parametrize("annotation", ["dict | list", "t.Callable[[int], str]", "T"])
def test_an_annotation_of_no_one_class_is_to_be_left_out(tmp_path: Path, annotation: str) -> None:
    script = f"{HEAD}T = t.TypeVar('T')\n{ACTIVITY}def work(value: {annotation}): ...\n"
    survey = refusing("binding value has invalid non-type annotation …", 6)

    (finding,) = found(
        annotation_not_a_class.RULE, facts(tmp_path, {"function_app.py": script}, survey=survey)
    )

    assert finding.line == 7
    assert finding.next in {"leave the annotation of value out", f"write value: {annotation}"}


def test_where_the_worker_names_no_parameter_the_alias_is_found(tmp_path: Path) -> None:
    script = (
        f'{HEAD}{QUEUE}@app.queue_output("out", "q", "S")\n'
        "def work(context: func.Context, out: func.Out[str], value: Dict[str, str]): ...\n"
    )
    survey = failing("TypeError", "issubclass() arg 1 must be a class", line=5)

    (finding,) = found(
        annotation_not_a_class.RULE, facts(tmp_path, {"function_app.py": script}, survey=survey)
    )

    assert 'the annotation of "value" is Dict[str, str]' in finding.message


@pytest.mark.parametrize(
    ("decorator", "annotation", "kind", "instead"),
    [
        (TIMER, "Any", "timerTrigger", "func.TimerRequest"),
        (QUEUE, "dict", "queueTrigger", "func.QueueMessage"),
        (QUEUE, "int", "queueTrigger", "func.QueueMessage"),
    ],
)
def test_an_annotation_that_does_not_fit_is_told_with_the_bindings_class(
    tmp_path: Path, decorator: str, annotation: str, kind: str, instead: str
) -> None:
    script = f"{HEAD}{decorator}def work(value: {annotation}): ...\n"
    survey = refusing(
        f'binding type "\'value\'" and dataType "{kind}" in the binding decorator do not match'
        f" the corresponding function parameter's Python type annotation {annotation}",
        5,
    )

    (finding,) = found(
        annotation_does_not_fit.RULE, facts(tmp_path, {"function_app.py": script}, survey=survey)
    )

    assert (finding.line, finding.next) == (6, f"write value: {instead}")
    assert (
        finding.message
        == f'work: "value" is annotated {annotation}, which {kind} does not hand over'
    )


def test_a_name_that_only_the_type_checker_imports_is_told_as_that(tmp_path: Path) -> None:
    script = (
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from decimal import Context, Decimal\n"
        '@app.route("x")\ndef hello(\n    req,\n) -> Decimal: ...\n'
    )
    survey = failing("NameError", "name 'Decimal' is not defined", line=5)

    (finding,) = found(
        annotation_unresolved.RULE, facts(tmp_path, {"function_app.py": script}, survey=survey)
    )

    assert (finding.line, finding.message) == (
        8,
        "hello: the annotation Decimal cannot be evaluated",
    )
    assert finding.next.startswith('import Decimal outside of "if TYPE_CHECKING"')


@pytest.mark.parametrize(
    ("kind", "message", "annotation"),
    [
        ("AttributeError", "module 'azure.functions' has no attribute 'Request'", "func.Request"),
        ("SyntaxError", "Forward reference must be an expression -- got 'a b'", "'a b'"),
    ],
)
def test_an_annotation_of_nothing_is_told_at_its_place(
    tmp_path: Path, kind: str, message: str, annotation: str
) -> None:
    script = f'{HEAD}@app.route("x")\ndef hello(\n    req: {annotation}\n): ...\n'

    given = facts(tmp_path, {"function_app.py": script}, survey=failing(kind, message, line=5))

    (finding,) = found(annotation_unresolved.RULE, given)
    assert (finding.line, annotation in finding.message) == (7, True)


@pytest.mark.parametrize(
    ("reason", "annotation"),
    [
        ("has invalid non-type return annotation typing.List[str]", "List[str]"),
        ('Python return annotation "dict" does not match binding type "http"', "dict"),
        ("return annotation should not be azure.functions.Out", "func.Out[str]"),
    ],
)
def test_a_return_annotation_is_told_where_it_stands(
    tmp_path: Path, reason: str, annotation: str
) -> None:
    script = f'{HEAD}@app.route("x")\ndef hello(\n    req,\n) -> {annotation}: ...\n'

    (finding,) = found(
        return_annotation.RULE,
        facts(tmp_path, {"function_app.py": script}, survey=refusing(reason, 5)),
    )

    assert (finding.line, annotation in finding.message) == (8, True)
    assert (
        finding.next == "write -> func.HttpResponse, and return that; or leave the annotation out"
    )
