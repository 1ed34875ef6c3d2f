"""``funcyard check`` over the apps whose official outcome is known: each fault by its own rule.

The apps are those of ``test_loader_official.py``, which proves that their outcome here is the
official one. A broken app has to have an error that says so at a place in the app, and an app that
the worker takes must have none, but for what the host refuses later.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from tests.contract.discovery import corpus
from tests.contract.discovery.reporting import gathered

from funcyard.preflight.facts import Facts
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.report import ordered
from funcyard.preflight.rule import Group
from funcyard.preflight.rules import RULES
from funcyard.preflight.target import Request, Target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.timeout(300)

APPS = corpus.read(corpus.HERE / "apps")
REQUIREMENTS = """\
azure-functions==1.26.0
azure-functions-durable==1.7.0
azurefunctions-extensions-base==1.2.0
azurefunctions-extensions-bindings-blob==1.1.2
azurefunctions-extensions-http-fastapi==1.0.1
"""
GROUPS = (Group.SOURCE, Group.PACKAGE, Group.DISCOVERY)
RULES_BY_WORDS = (
    (r"^(Syntax|Indentation|Tab)Error: .*\(\w+\.py, line \d+\)$", {"does-not-compile"}),
    (r"^InvalidFileNameError: ", {"script-name-invalid"}),
    (r"Could not find top level function app", {"no-function-app"}),
    (r"More than one ", {"several-function-apps", "app-under-two-names"}),
    (r"partially initialized module", {"circular-import"}),
    (r"No module named|attempted relative import", {"module-not-found", "requirement-missing"}),
    (r"cannot import name", {"name-not-found"}),
    (r"^SystemExit", {"import-ends-process"}),
    (r"A trigger was already registered", {"several-triggers"}),
    (r"does not have a trigger", {"trigger-missing"}),
    (r"does not have a unique function name", {"function-name-twice"}),
    (r"are declared in Python but not in", {"parameter-without-binding"}),
    (r"Extra parameters in binding", {"binding-without-parameter"}),
    (r"invalid non-type annotation|issubclass\(\)", {"annotation-not-a-class"}),
    (r"Out annotation|do not match the|does not match its", {"annotation-does-not-fit"}),
    (r'declared to have the "|has no attribute .check_', {"annotation-does-not-fit"}),
    (r"return annotation", {"return-annotation"}),
    (r"\$return", {"return-binding-is-input"}),
    (r'the "context" parameter', {"context-annotation", "binding-without-parameter"}),
    (r"inout", {"inout-binding"}),
    (r"enum label|literal for int|strptime|time data", {"retry-policy"}),
    (r"is not defined|has no attribute|Forward reference", {"annotation-unresolved"}),
    (r"", {"import-raises", "app-does-not-load"}),
)
"""The rules that may tell a failure, by the first pattern that its class and words match."""

REFUSED_LATER = {
    "ASGI app": "route-invalid",
    "WSGI app with a name": "route-invalid",
    "a lambda as function": "function-name-invalid",
    "blueprint forgotten": "blueprint-not-registered",
    "no script and nothing in its stead": "script-missing",
    "no script, as in the v1 model": "v1-function-does-not-load",
    "nothing registered": "no-functions",
    "one route twice": "route-twice",
    "script name from a setting that does not exist": "script-missing",
    "timer with wrong schedule": "schedule-invalid",
}
"""What the worker takes without a word and the host, or nobody, serves."""


@pytest.fixture(scope="module")
def checked(
    official_worker: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Facts, dict[str, list[Finding]]]:
    """The facts of all apps, and each one's findings by its name."""
    root = tmp_path_factory.mktemp("corpus")
    corpus.write(root, APPS)
    python = official_worker("")
    targets = tuple(_target(root / corpus.folder_of(name), name, python) for name in APPS)
    outcomes = tmp_path_factory.mktemp("outcomes") / "reports.json"
    facts = gathered(python, outcomes, Request(root, targets, dict(os.environ)))
    found = [f for rule in RULES if rule.group in GROUPS for f in rule.check(facts)]
    by_app: dict[str, list[Finding]] = {name: [] for name in APPS}
    names = {corpus.folder_of(name): name for name in APPS}
    for finding in ordered(found, RULES):
        by_app[names[finding.file.partition("/")[0]]].append(finding)
    return facts, by_app


def _target(folder: Path, name: str, python: Path) -> Target:
    (folder / "requirements.txt").write_text(REQUIREMENTS, encoding="utf-8")
    settings: dict[str, str] = {}
    told = folder / "settings.json"
    if told.exists():
        settings = json.loads(told.read_text(encoding="utf-8"))
        text = json.dumps({"Values": settings}, indent=1)
        (folder / "local.settings.json").write_text(text, encoding="utf-8")
    return Target(name=name, directory=folder, interpreter=python, settings=settings)


@pytest.mark.parametrize("name", APPS)
def test_an_app_is_told_what_is_wrong_with_it(
    name: str, checked: tuple[Facts, dict[str, list[Finding]]]
) -> None:
    facts, by_app = checked
    app = next(app for app in facts.apps if app.name == name)
    errors = [finding for finding in by_app[name] if finding.severity is Severity.ERROR]
    failure = app.survey.index.failure

    if failure is None:
        expected = REFUSED_LATER.get(name)
        assert [error.rule for error in errors] == ([expected] if expected else [])
        return
    said = f"{failure.kind}: {failure.message}"
    rules = next(rules for words, rules in RULES_BY_WORDS if re.search(words, said, re.DOTALL))
    place = facts.root / errors[0].file
    lines = place.read_text(encoding="utf-8").splitlines() if place.is_file() else [""]
    if any(line.startswith("<<<<<<< ") for line in lines):
        rules = {"merge-conflict-marker"}
    assert {error.rule for error in errors} & rules, (said, errors)
    assert place.is_relative_to(app.directory)
    assert place.is_dir() or 1 <= errors[0].line <= len(lines)


def test_every_cause_is_shown_by_an_app(checked: tuple[Facts, dict[str, list[Finding]]]) -> None:
    _, by_app = checked
    told = {finding.rule for findings in by_app.values() for finding in findings}
    wanted = {rule for _, rules in RULES_BY_WORDS for rule in rules} | set(REFUSED_LATER.values())

    assert wanted - {"requirement-missing"} <= told
