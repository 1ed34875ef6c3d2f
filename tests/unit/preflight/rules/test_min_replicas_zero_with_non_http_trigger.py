from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.preflight.given import EMPTY, facts, found
from tests.unit.preflight.infrastructure.templates import app, bicep

from funcyard.functions.model import Binding, Function, Index
from funcyard.preflight.finding import Finding
from funcyard.preflight.rules.min_replicas_zero_with_non_http_trigger import RULE

SLEEPY = {"scale": "minReplicas: 0, maxReplicas: 1"}
QUEUE_RULE = "rules: [ { name: 'q', custom: { type: 'azure-queue', metadata: {} } } ]"


def _found(tmp_path: Path, text: str, *triggers: str) -> list[Finding]:
    functions = tuple(
        Function(f"f{n}", "function_app.py", (Binding("x", trigger, "in"),))
        for n, trigger in enumerate(triggers)
    )
    survey = replace(EMPTY, index=Index(functions=functions))
    return found(RULE, facts(tmp_path, {"main.bicep": text}, survey=survey))


def test_a_timer_needs_a_replica(tmp_path: Path) -> None:
    (finding,) = _found(tmp_path, bicep(**SLEEPY), "httpTrigger", "timerTrigger", "queueTrigger")
    assert finding.message == (
        "api-app is scaled to zero, and then nothing wakes it for f1 (timerTrigger) and 1 more"
    )
    assert finding.evidence == "scale: { minReplicas: 0, maxReplicas: 1 }"
    assert finding.next == "minReplicas: 1"


def test_no_scale_at_all_means_zero(tmp_path: Path) -> None:
    assert len(_found(tmp_path, bicep(scale=""), "timerTrigger")) == 1


@pytest.mark.parametrize(
    "scale",
    ["minReplicas: 1", f"minReplicas: 0, {QUEUE_RULE}", "minReplicas: given", "rules: given"],
)
def test_an_app_that_something_wakes_is_no_fault(tmp_path: Path, scale: str) -> None:
    text = f"param given string\n{bicep(scale=scale)}"
    assert _found(tmp_path, text, "timerTrigger") == []


def test_a_rule_for_requests_wakes_nobody_else(tmp_path: Path) -> None:
    scale = "rules: [ { name: 'h', http: { metadata: {} } } ]"
    assert len(_found(tmp_path, bicep(scale=scale), "timerTrigger")) == 1


@pytest.mark.parametrize("trigger", ["httpTrigger", "eventGridTrigger", "activityTrigger"])
def test_what_a_request_starts_wakes_the_app(tmp_path: Path, trigger: str) -> None:
    assert _found(tmp_path, bicep(**SLEEPY), trigger) == []


def test_azure_scales_apps_of_kind_functionapp(tmp_path: Path) -> None:
    text = bicep(**SLEEPY).replace("name: 'api-app'", "name: 'api-app', kind: 'functionapp'")
    assert _found(tmp_path, text, "timerTrigger") == []


def test_an_app_is_known_by_the_end_of_its_images_name(tmp_path: Path) -> None:
    text = bicep(**{**SLEEPY, "image": "${registry}/orders-api:${tag}"})
    two = text + app(image="registry.azurecr.io/team/other:1", name="other")
    given = f"param registry string\nparam tag string\n{two}"
    assert len(_found(tmp_path, given, "timerTrigger")) == 1


def test_an_app_that_may_be_another_is_left_alone(tmp_path: Path) -> None:
    other = {**SLEEPY, "image": "registry.azurecr.io/team/web:1"}
    assert len(_found(tmp_path, bicep(**other), "timerTrigger")) == 1
    public = {**SLEEPY, "image": "mcr.microsoft.com/azuredocs/containerapps-helloworld:1"}
    assert _found(tmp_path, bicep(**public), "timerTrigger") == []
    two = bicep(**other) + app(image="registry.azurecr.io/team/other:1", name="other")
    assert _found(tmp_path, two, "timerTrigger") == []
