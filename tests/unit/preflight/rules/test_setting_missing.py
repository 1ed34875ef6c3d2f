from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.rules.bound import survey_of

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.setting_missing import RULE

TIMER = {"type": "timerTrigger", "schedule": "%WHEN%"}
OUTPUT = {"type": "queue", "queueName": "%QUEUE%"}
LOCAL = {"local.settings.json": json.dumps({"Values": {}})}


def test_a_trigger_that_needs_a_setting_cannot_start_without_it(tmp_path: Path) -> None:
    first, second = found(RULE, facts(tmp_path, LOCAL, survey=survey_of(tidy=TIMER, put=OUTPUT)))

    assert (first.file, first.line, first.severity) == ("function_app.py", 10, Severity.ERROR)
    assert first.message == "tidy cannot start without the setting WHEN, which has no value"
    assert first.evidence == "%WHEN% in timerTrigger item"
    assert second.severity is Severity.WARNING


def test_a_function_cannot_start_without_the_settings_of_its_topic(tmp_path: Path) -> None:
    output = {"type": "eventGrid", "topicEndpointUri": "TOPIC", "topicKeySetting": "TOPIC_KEY"}
    local = {"local.settings.json": json.dumps({"Values": {"TOPIC": "https://topic.example"}})}
    given = facts(tmp_path, local, survey=survey_of(tell=output), target={"settings": {}})
    (finding,) = found(RULE, given)

    assert finding.severity is Severity.ERROR
    assert finding.message == "tell cannot start without the setting TOPIC_KEY, which has no value"
    assert finding.evidence == "topicKeySetting TOPIC_KEY in eventGrid item"


def test_where_nothing_tells_the_settings_it_is_a_warning(tmp_path: Path) -> None:
    (finding,) = found(RULE, facts(tmp_path, {}, survey=survey_of(tidy=TIMER)))

    assert finding.severity is Severity.WARNING
    assert "which nothing here gives" in finding.message


@pytest.mark.parametrize(
    ("files", "target", "asked"),
    [
        (LOCAL, {"settings": {"when": "0 * * * * *"}}, {}),
        (LOCAL, {}, {"environment": {"WHEN": "0 * * * * *"}}),
        ({**LOCAL, "main.bicep": "WHEN: '0 0 * * * *'"}, {}, {}),
    ],
    ids=["settings", "process", "template"],
)
def test_one_that_is_given_is_fine(
    tmp_path: Path,
    files: dict[str, str],
    target: dict[str, object],
    asked: dict[str, object],
) -> None:
    given = facts(tmp_path, files, survey=survey_of(t=TIMER), target=target, request=asked)

    assert found(RULE, given) == []


def test_azure_gives_some_itself(tmp_path: Path) -> None:
    trigger = {"type": "queueTrigger", "queueName": "%WEBSITE_SITE_NAME%-tasks"}

    assert found(RULE, facts(tmp_path, LOCAL, survey=survey_of(work=trigger))) == []
