"""``funcyard check`` on apps that nobody thought of: no fault goes untold.

The apps are those by which discovery is judged (``discovery/random_apps.py``), the same in every
run; ``FUNCYARD_RANDOM_APPS=2000`` asks for that many, drawn anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.contract.discovery import corpus, random_apps
from tests.contract.discovery.reporting import gathered

from funcyard.preflight.facts import Facts
from funcyard.preflight.finding import Severity
from funcyard.preflight.rule import Group
from funcyard.preflight.rules import RULES
from funcyard.preflight.run import report_on
from funcyard.preflight.target import Request, Target

ASKED = int(os.environ.get("FUNCYARD_RANDOM_APPS", "0"))
RULES_HERE = [rule for rule in RULES if rule.group in {Group.SOURCE, Group.DISCOVERY}]
LATER = {"blueprint-not-registered", "no-functions", "route-twice", "second-app-not-served"}
"""The errors of apps that the worker takes."""

pytestmark = pytest.mark.timeout(0 if ASKED else 300)


@pytest.fixture(scope="module")
def drawn(interpreter: Path, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """Random apps, each in a folder of its own, and what importing them told."""
    root = tmp_path_factory.mktemp("random")
    apps: dict[str, dict[str, str]] = {}

    @settings(
        max_examples=ASKED or 50,
        derandomize=not ASKED,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(random_apps.apps())
    def draw(app: dict[str, str]) -> None:
        apps[f"app{len(apps)}"] = app

    draw()
    corpus.write(root, apps)
    targets = tuple(Target(name, root / name, interpreter) for name in apps)
    outcomes = tmp_path_factory.mktemp("outcomes") / "reports.json"
    return gathered(interpreter, outcomes, Request(root, targets, dict(os.environ)))


def test_an_app_that_fails_has_an_error_at_a_line_of_its_own_and_one_that_loads_none(
    drawn: Facts,
) -> None:
    errors: dict[str, list[str]] = {app.name: [] for app in drawn.apps}
    for finding in report_on(drawn, RULES_HERE).findings:
        if finding.severity is Severity.ERROR:
            assert (drawn.root / finding.file).is_file(), finding
            assert finding.line, finding
            errors[finding.file.partition("/")[0]].append(finding.rule)

    failing = {app.name for app in drawn.apps if app.survey.index.failure}
    assert len(failing) > 20
    assert len(drawn.apps) - len(failing) > 5
    assert {name for name, rules in errors.items() if set(rules) - LATER} == failing
    told = {app.name: len(app.survey.faults) for app in drawn.apps}
    assert all(len(errors[name]) >= told[name] for name in failing)
