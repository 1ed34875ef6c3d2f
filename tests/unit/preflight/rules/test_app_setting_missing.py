from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.rules.bound import survey_of

from funcyard.functions.survey import Survey
from funcyard.preflight.facts import Facts
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.app_setting_missing import RULE

SITE = """\
param storage string
resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: 'orders'
  kind: 'functionapp,linux'
  properties: {
    FLEX
    siteConfig: {
      linuxFxVersion: 'Python|3.11'
      appSettings: [
        SETTINGS
      ]
    }
  }
}
"""
RUNTIME = "{ name: 'FUNCTIONS_WORKER_RUNTIME', value: 'python' }"
VERSION = "{ name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' }"
STORAGE = "{ name: 'AzureWebJobsStorage__accountName', value: storage }"
TIMER = survey_of(tidy={"type": "timerTrigger", "schedule": "0 * * * * *"})
HTTP = survey_of(hello={"type": "httpTrigger"})


def given(root: Path, *settings: str, flex: str = "", survey: Survey = TIMER) -> Facts:
    text = SITE.replace("SETTINGS", "\n        ".join(settings)).replace("FLEX", flex)
    return facts(root, {"infra/main.bicep": text}, survey=survey)


def test_an_app_with_all_that_it_needs_is_fine(tmp_path: Path) -> None:
    assert found(RULE, given(tmp_path, RUNTIME, VERSION, STORAGE)) == []


@pytest.mark.parametrize("lacking", ["FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION"])
def test_without_its_runtime_or_version_the_host_does_not_start_it(
    tmp_path: Path, lacking: str
) -> None:
    settings = [text for text in (RUNTIME, VERSION, STORAGE) if lacking not in text]

    (finding,) = found(RULE, given(tmp_path, *settings))

    assert (finding.file, finding.severity) == ("infra/main.bicep", Severity.ERROR)
    assert finding.message == (
        f"orders is deployed without {lacking}: its host does not start the app"
    )


def test_an_old_version_of_the_host_is_told_with_its_line(tmp_path: Path) -> None:
    old = VERSION.replace("~4", "~3")

    (finding,) = found(RULE, given(tmp_path, RUNTIME, old, STORAGE))

    assert finding.line == 11
    assert finding.next == "write ~4"


@pytest.mark.parametrize(
    ("survey", "severity"), [(TIMER, Severity.ERROR), (HTTP, Severity.WARNING)]
)
def test_without_its_storage_what_waits_cannot_run(
    tmp_path: Path, survey: Survey, severity: Severity
) -> None:
    (finding,) = found(RULE, given(tmp_path, RUNTIME, VERSION, survey=survey))

    assert finding.severity is severity
    assert "without AzureWebJobsStorage" in finding.message


def test_functions_that_ask_for_no_key_need_no_storage(tmp_path: Path) -> None:
    survey = survey_of(hello={"type": "httpTrigger", "authLevel": "ANONYMOUS"})

    assert found(RULE, given(tmp_path, RUNTIME, VERSION, survey=survey)) == []


@pytest.mark.parametrize(
    "settings",
    [
        [],
        [RUNTIME, "{ name: storage, value: 'x' }"],
        [RUNTIME.replace("python", "node")],
    ],
    ids=["set elsewhere", "a name unknown", "another runtime"],
)
def test_what_cannot_be_told_is_not_told(tmp_path: Path, settings: list[str]) -> None:
    told = given(tmp_path, *settings)
    if "node" in str(settings):
        path = tmp_path / "infra" / "main.bicep"
        path.write_text(path.read_text().replace("Python|3.11", "Node|20"))

    assert found(RULE, told) == []


def test_flex_consumption_has_runtime_and_version_elsewhere(tmp_path: Path) -> None:
    flex = "functionAppConfig: { runtime: { name: 'python', version: '3.11' } }"

    assert found(RULE, given(tmp_path, STORAGE, flex=flex)) == []


def test_an_app_on_flex_consumption_beside_another_one_excuses_that_one_from_nothing(
    tmp_path: Path,
) -> None:
    flex = "functionAppConfig: { runtime: { name: 'python', version: '3.11' } }"
    text = SITE.replace("SETTINGS", STORAGE)
    beside = text.replace("FLEX", flex).replace("resource site", "resource other")
    beside = beside.replace("param storage string", "").replace("'orders'", "'other'")
    files = {"main.bicep": text.replace("FLEX", "") + beside}

    told = found(RULE, facts(tmp_path, files, survey=TIMER))

    assert [finding.message.split()[0] for finding in told] == ["orders", "orders"]


def test_an_app_on_flex_consumption_needs_its_storage(tmp_path: Path) -> None:
    flex = "functionAppConfig: { runtime: { name: 'python', version: '3.11' } }"
    told = given(tmp_path, "{ name: 'A', value: 'b' }", flex=flex)
    path = tmp_path / "infra" / "main.bicep"
    path.write_text(path.read_text().replace("linuxFxVersion: 'Python|3.11'", ""))

    (finding,) = found(RULE, told)

    assert "without AzureWebJobsStorage: tidy cannot run" in finding.message


CONTAINER = """\
resource api 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'orders-api'
  location: 'westeurope'
  properties: {
    template: {
      containers: [
        { name: 'api', image: 'example.azurecr.io/orders-api:1', env: [ENV] }
      ]
    }
  }
}
"""


def test_a_container_app_that_runs_the_app_needs_its_storage_too(tmp_path: Path) -> None:
    files = {"main.bicep": CONTAINER.replace("ENV", "{ name: 'A', value: 'b' }")}

    (finding,) = found(RULE, facts(tmp_path, files, survey=TIMER))

    assert (finding.file, finding.severity) == ("main.bicep", Severity.ERROR)
    assert "orders-api is deployed without AzureWebJobsStorage: tidy cannot run" in finding.message

    for held in ("", "{ name: 'AzureWebJobsStorage', secretRef: 'storage' }"):
        files = {"main.bicep": CONTAINER.replace("ENV", held)}
        assert found(RULE, facts(tmp_path, files, survey=TIMER)) == []
