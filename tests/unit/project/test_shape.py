from __future__ import annotations

from datetime import date

import pytest

from funcyard.project.reading import SpecError, parse_spec

_TODAY = date(2026, 11, 20)
_PYTHONS = "choose Python 3.11, 3.12, 3.13 or 3.14 (preview)"
_TYPES = "http, timer, queue, blob"


@pytest.mark.parametrize(
    ("line", "path", "message", "hint"),
    [
        ("runtime: {name: node, version: 18}", "runtime.name", "Node 18 ended on 2025-04-30",
         _PYTHONS),
        ("runtime: {name: node, version: '22'}", "runtime.name", "Node 22 is not supported yet",
         _PYTHONS),
        ("runtime: {name: Node}", "runtime.name", "Node is not supported yet", _PYTHONS),
        ("runtime: {name: dotnet, version: 8}", "runtime.name", ".NET 8 ended on 2026-11-10",
         _PYTHONS),
        ("runtime: {name: .NET, version: '10.0'}", "runtime.name", ".NET 10 is not supported yet",
         _PYTHONS),
        ("runtime: {name: nodejs, version: 24}", "runtime.name", "Node 24 is not supported yet",
         _PYTHONS),
        ("runtime: {name: cobol}", "runtime.name", "no runtime 'cobol' is known", _PYTHONS),
        ("runtime: {name: Python}", "runtime.name", "expected python, found 'Python'", None),
        ("runtime: python", "runtime", "expected a mapping of fields, found 'python'", None),
        ("programming_model: v1", "programming_model",
         "the v1 model (function.json) is not supported yet", "write v2"),
        ("programming_model: v4", "programming_model",
         "the v4 model is Node's, which is not supported yet", "write v2"),
        ("programming_model: v9", "programming_model", "no programming model 'v9'", "write v2"),
        ("dependency_manager: conda", "dependency_manager",
         "expected pip, poetry or uv, found 'conda'", None),
        ("azure_cli: {}", "azure_cli", "expected true or false, found a mapping", None),
        ("system_packages: git", "system_packages", "expected a list, found 'git'", None),
        ("system_packages: [1]", "system_packages[0]", "expected text, found '1'",
         "put it in quotes"),
        ("reasons: [a]", "reasons", "expected a mapping, found a list", None),
        ("storage: 5", "storage", "expected a mapping of fields, found '5'", None),
        ("volumes: [{source: a}]", "volumes[0].target", "is missing", None),
        ("enviroment: []", "enviroment", "unknown field", "did you mean environment?"),
        ("runtime: {versoin: 3.11}", "runtime.versoin", "unknown field", "did you mean version?"),
        ("blueprint: " + "x" * 50 + " y", "blueprint", None, None),
    ],
)  # fmt: skip
def test_a_fault_of_shape_says_what_was_expected(
    line: str, path: str, message: str | None, hint: str | None
) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(f"project_name: small\nfunction_apps: [api]\n{line}\n", today=_TODAY)

    (finding,) = caught.value.findings
    assert (finding.path, finding.line) == (path, 3)
    if message is not None:
        assert (finding.message, finding.hint) == (message, hint)


@pytest.mark.parametrize(
    ("trigger", "message", "hint"),
    [
        ("htp", "no trigger of type 'htp'", "did you mean http?"),
        ("eventHubTrigger", "the eventHubTrigger trigger is not supported yet", f"now: {_TYPES}"),
        ("service_bus", "the service_bus trigger is not supported yet", f"now: {_TYPES}"),
        ("{type: cosmosDB}", "the cosmosDB trigger is not supported yet", f"now: {_TYPES}"),
        ("{type: smoke}", "no trigger of type 'smoke'", f"one of {_TYPES}"),
        ("{name: x}", "type is missing", f"one of {_TYPES}"),
        ("5", "expected a mapping of fields, found '5'", f"or one of {_TYPES}"),
        ("{type: http, roote: x}", "unknown field", "did you mean route?"),
        ("{type: queue, route: x}", "unknown field", "known here: type, name, queue"),
    ],
)
def test_triggers_that_are_none_are_named(trigger: str, message: str, hint: str) -> None:
    text = f"project_name: small\nfunction_apps:\n- name: api\n  triggers: [{trigger}]\n"
    with pytest.raises(SpecError) as caught:
        parse_spec(text, today=_TODAY)

    (finding,) = caught.value.findings
    assert (finding.message, finding.hint, finding.line) == (message, hint, 4)
    assert finding.path.startswith("function_apps[0].triggers[0]")


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a: 1\n", ["a", "function_apps", "project_name"]),
        ("project_name: 5\nfunction_apps: api\n", ["project_name", "function_apps"]),
        ("project_name:\nfunction_apps: []\n", ["project_name", "function_apps"]),
    ],
)
def test_what_a_spec_cannot_do_without_is_missed_once(text: str, paths: list[str]) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, today=_TODAY)

    assert sorted(item.path for item in caught.value.findings) == sorted(paths)


def test_text_that_is_too_long_to_show_is_shortened() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(f"project_name: a1\nfunction_apps: [a1]\nazure_cli: {'x' * 99}", today=_TODAY)

    assert caught.value.findings[0].message == (f"expected true or false, found '{'x' * 40}…'")
