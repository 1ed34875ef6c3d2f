"""The rules on parameters against bindings."""

from __future__ import annotations

from pathlib import Path

from tests.unit.preflight.failing import failing, refusing
from tests.unit.preflight.given import facts, found

from funcyard.functions.survey import Survey
from funcyard.preflight.finding import Finding
from funcyard.preflight.rule import Rule
from funcyard.preflight.rules import (
    annotation_does_not_fit,
    binding_without_parameter,
    context_annotation,
    inout_binding,
    parameter_without_binding,
    retry_policy,
    return_binding_is_input,
)

HEAD = "import azure.functions as func\nimport azure.durable_functions as df\napp = df.DFApp()\n"
UNBOUND = (
    "the following parameters are declared in Python but not in the function definition"
    " (function.json or function decorators):  "
)
LACKING = (
    "Extra parameters in binding definition — the following parameters are declared as bindings but"
    " are not present in Python: "
)


def _one(rule: Rule, folder: Path, body: str, survey: Survey) -> Finding:
    (finding,) = found(rule, facts(folder, {"function_app.py": HEAD + body}, survey=survey))
    return finding


def test_a_parameter_named_otherwise_than_its_binding_is_told_with_both(tmp_path: Path) -> None:
    body = '@app.route("x")\ndef hello(\n    request: func.HttpRequest,\n): ...\n'

    finding = _one(
        parameter_without_binding.RULE, tmp_path, body, refusing(f"{UNBOUND}{{'request'}}", 4)
    )

    assert (finding.line, finding.next) == (
        6,
        'rename the parameter to req, or write trigger_arg_name="request" in @route',
    )


def test_parameters_that_nothing_fills_are_told_in_their_order(tmp_path: Path) -> None:
    body = '@app.route("x")\ndef hello(req, limit=3, *, after=0): ...\n'
    survey = refusing(f"{UNBOUND}{{'after', 'limit'}}", 4)

    finding = _one(parameter_without_binding.RULE, tmp_path, body, survey)

    assert "no binding fills the parameters limit, after" in finding.message
    assert finding.next.startswith("take limit, after out of the parameters")


def test_a_wrapper_that_loses_the_signature_is_told_to_keep_it(tmp_path: Path) -> None:
    body = "def logged(call):\n    def wrapper(*args, **kwargs): ...\n    return wrapper\n"
    survey = refusing(f"{UNBOUND}{{'kwargs', 'args'}}", 5, "wrapper")

    finding = _one(parameter_without_binding.RULE, tmp_path, body, survey)

    assert (finding.line, "functools.wraps" in finding.next) == (5, True)
    assert finding.evidence.endswith("{'args', 'kwargs'}")


def test_a_binding_without_parameter_is_told_at_its_decorator(tmp_path: Path) -> None:
    body = (
        '@app.route("x")\n@app.queue_output(arg_name="out", queue_name="q", connection="S")\n'
        "def hello(req): ...\n"
    )

    finding = _one(
        binding_without_parameter.RULE, tmp_path, body, refusing(f"{LACKING}{{'out'}}", 4)
    )

    assert (finding.line, finding.next) == (5, "add the parameter out: func.Out[str]")


def test_an_orchestrator_that_names_its_context_otherwise_is_told_so_and_nothing_else(
    tmp_path: Path,
) -> None:
    body = '@app.orchestration_trigger(\n    context_name="ctx",\n)\ndef run(context): ...\n'
    survey = refusing(
        'the "context" parameter is expected to be of type azure.functions.Context, got "x"',
        4,
        "run",
    )

    finding = _one(binding_without_parameter.RULE, tmp_path, body, survey)

    assert (finding.line, finding.next) == (
        5,
        'write @….orchestration_trigger(context_name="context")',
    )
    given = facts(tmp_path, {"function_app.py": HEAD + body}, survey=survey)
    assert found(context_annotation.RULE, given) == []


def test_a_context_of_another_class_is_told_with_what_is_written(tmp_path: Path) -> None:
    body = '@app.route("x")\ndef hello(req, context: dict): ...\n'
    survey = refusing(
        'the "context" parameter is expected to be of type azure.functions.Context', 4
    )

    finding = _one(context_annotation.RULE, tmp_path, body, survey)

    assert (finding.line, 'parameter "context" is annotated dict' in finding.message) == (5, True)


def test_an_input_named_return_and_a_binding_of_both_directions_are_told(tmp_path: Path) -> None:
    body = (
        '@app.route("x")\n@app.blob_input(arg_name="$return", path="a/b", connection="S")\n'
        "def hello(req): ...\n"
    )
    returned = refusing('"$return" binding must have direction set to "out"', 4)
    both = refusing('"inout" bindings are not supported', 4)

    assert _one(return_binding_is_input.RULE, tmp_path, body, returned).line == 5
    assert _one(inout_binding.RULE, tmp_path, body, both).line == 4


def test_the_argument_of_a_retry_policy_that_cannot_be_meant_is_told(tmp_path: Path) -> None:
    body = (
        '@app.route("x")\n@app.retry(\n    strategy="never",\n    max_retry_count="many",\n'
        '    minimum_interval="10s",\n)\ndef hello(req): ...\n'
    )
    cases = {
        'unknown enum label "never"': (6, "strategy"),
        "invalid literal for int() with base 10: 'many'": (7, "max_retry_count"),
        "time data '10s' does not match format '%H:%M:%S'": (8, "minimum_interval"),
        "strptime() argument 0 must be str, not <class 'NoneType'>": (8, "delay_interval"),
    }

    for message, (line, argument) in cases.items():
        finding = _one(retry_policy.RULE, tmp_path, body, failing("ValueError", message, line=4))
        assert (finding.line, finding.message) == (
            line,
            f"hello: {argument} of its retry policy cannot be meant",
        )


def test_outputs_and_inputs_annotated_the_other_way_round_are_told_what_to_write(
    tmp_path: Path,
) -> None:
    body = (
        '@app.route("x")\n@app.queue_output(arg_name="out", queue_name="q", connection="S")\n'
        '@app.blob_input(arg_name="blob", path="a/b", connection="S")\n'
        "def hello(req, out: str, blob: func.Out[str]): ...\n"
    )
    plain = refusing('binding out is declared to have the "out" direction, but its annotation', 4)
    out = refusing('binding blob is declared to have the "in" direction in the binding', 4)

    first = _one(annotation_does_not_fit.RULE, tmp_path, body, plain)
    second = _one(annotation_does_not_fit.RULE, tmp_path, body, out)

    assert (first.line, first.next) == (7, "write out: func.Out[str]")
    assert (second.message, second.next) == (
        'work: "blob" is annotated func.Out[str], and is an input',
        "write blob: func.InputStream",
    )
