"""Templates above the checked folder: those of its repository that deploy what is checked."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.preflight.given import facts, found, write
from tests.unit.preflight.infrastructure.templates import app, arm, bicep
from tests.unit.preflight.rules.bound import survey_of

from funcyard.preflight.infrastructure.above import deployments_above
from funcyard.preflight.rules import (
    app_setting_missing,
    connection_without_value,
    image_not_changed_by_deploy,
    image_tag_not_pinned,
    workload_profile_too_small,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.functions.survey import Survey
    from funcyard.preflight.facts import Facts

TIMER = survey_of(tick={"type": "timerTrigger", "schedule": "0 0 * * * *"})
AZD = """\
name: shop
services:
  api: { project: ./src/api, language: python, host: function }
  worker: { project: src/worker, language: python, host: function }
  web: { project: src/web, language: js, host: staticwebapp }
"""


def site(name: str = "orders", service: str = "", settings: str = "") -> str:
    """A function app in Bicep, with its tag for the Azure Developer CLI and its app settings."""
    tag = f"tags: {{ 'azd-service-name': '{service}' }}" if service else ""
    return f"""\
resource {name} 'Microsoft.Web/sites@2024-04-01' = {{
  name: '{name}'
  kind: 'functionapp,linux'
  {tag}
  properties: {{
    siteConfig: {{
      linuxFxVersion: 'Python|3.11'
      appSettings: [
        {{ name: 'FUNCTIONS_WORKER_RUNTIME', value: 'python' }}
        {{ name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' }}
        {settings}
      ]
    }}
  }}
}}
"""


def checked(
    repository: Path,
    files: Mapping[str, str],
    *,
    folder: str = "src/api",
    survey: Survey = TIMER,
    added: bool = True,
) -> Facts:
    """Facts of the app in one folder of a repository of these files.

    Args:
        repository: The repository's folder.
        files: Text by path, relative to it; the app's are added.
        folder: The checked folder, which is the app's.
        survey: What importing the app told.
        added: Whether Git tracks the files.
    """
    write(repository, {**files, f"{folder}/host.json": "{}"})
    subprocess.run(["git", "init", "-q", repository], check=True)
    if added:
        subprocess.run(["git", "-C", repository, "add", "."], check=True)
    return facts(repository / folder, {}, survey=survey)


def taken(given: Facts) -> list[str]:
    """The templates above that are taken for the app's."""
    return [one.template for one in deployments_above(given)]


def test_the_only_app_of_a_repository_is_what_its_only_function_app_runs(tmp_path: Path) -> None:
    given = checked(tmp_path, {"infra/main.bicep": site()})

    (finding,) = found(app_setting_missing.RULE, given)

    assert (finding.file, finding.line) == ("../../infra/main.bicep", 8)
    assert finding.message.startswith("orders is deployed without AzureWebJobsStorage: tick")
    assert finding.evidence == ""


@pytest.mark.parametrize("change", ["not tracked", "no repository", "an example", "for tests"])
def test_what_is_not_tracked_or_not_meant_for_the_app_is_not_read(
    tmp_path: Path, change: str
) -> None:
    name = {"an example": "examples/main.bicep", "for tests": "tests/infra/main.bicep"}
    files = {name.get(change, "infra/main.bicep"): site()}
    given = checked(tmp_path, files, added=change != "not tracked")
    if change == "no repository":
        (tmp_path / ".git").rename(tmp_path / "git")

    assert taken(given) == []
    assert given.infrastructure.deployments == ()


def test_of_several_apps_none_is_taken_for_the_one_that_a_template_deploys(tmp_path: Path) -> None:
    files = {"infra/main.bicep": site(), "src/worker/host.json": "{}"}

    assert taken(checked(tmp_path, files)) == []


def test_one_app_and_two_templates_that_may_be_its_own_are_not_put_together(
    tmp_path: Path,
) -> None:
    files = {"infra/main.bicep": site(), "other/main.bicep": site("other")}

    assert taken(checked(tmp_path, files)) == []


def test_two_forms_of_one_deployment_are_both_read(tmp_path: Path) -> None:
    resource = {"type": "Microsoft.Web/sites", "name": "orders", "kind": "functionapp"}
    files = {"infra/main.bicep": site(), "infra/azuredeploy.json": arm(resource)}

    assert sorted(taken(checked(tmp_path, files))) == [
        "../../infra/azuredeploy.json",
        "../../infra/main.bicep",
    ]

    files["infra/other.bicep"] = site("other")

    assert taken(checked(tmp_path, files)) == []


def test_a_template_that_is_deployed_to_a_subscription_is_found_too(tmp_path: Path) -> None:
    resource = {"type": "Microsoft.Web/sites", "name": "orders", "kind": "functionapp"}
    text = arm(resource).replace("2019-04-01/deployment", "2018-05-01/subscriptionDeployment")

    assert taken(checked(tmp_path, {"infra/deploy.json": text})) == ["../../infra/deploy.json"]


def test_a_template_made_of_another_one_is_no_second(tmp_path: Path) -> None:
    compiled = arm({"type": "Microsoft.Web/sites", "name": "orders", "kind": "functionapp"})
    files = {"infra/main.bicep": site(), "infra/main.json": compiled}

    assert taken(checked(tmp_path, files)) == ["../../infra/main.bicep"]


def test_a_function_app_of_another_language_is_not_the_apps(tmp_path: Path) -> None:
    text = site().replace("Python|3.11", "Node|20").replace("'python'", "'node'")

    assert taken(checked(tmp_path, {"infra/main.bicep": text})) == []


def test_templates_of_the_nearest_folder_count(tmp_path: Path) -> None:
    files = {
        "infra/main.bicep": site("shared"),
        "orders/infra/main.bicep": site(),
        "billing/src/host.json": "{}",
        "billing/infra/main.bicep": site("billing"),
    }

    given = checked(tmp_path, files, folder="orders/src")

    assert taken(given) == ["../infra/main.bicep"]


def test_azd_tells_which_of_several_function_apps_an_app_is(tmp_path: Path) -> None:
    files = {
        "azure.yaml": AZD,
        "infra/main.bicep": "module fx 'fx.bicep' = { name: 'fx', params: { prefix: 'shop' } }",
        "infra/fx.bicep": "param prefix string\n" + site("worker", "worker") + site("api", "api"),
        "src/worker/host.json": "{}",
    }

    (finding,) = found(app_setting_missing.RULE, checked(tmp_path, files))

    assert finding.message.startswith("api is deployed without AzureWebJobsStorage")
    assert finding.file == "../../infra/fx.bicep"


@pytest.mark.parametrize("service", ["web", "worker"])
def test_a_function_app_of_another_service_is_not_the_apps(tmp_path: Path, service: str) -> None:
    files = {"azure.yaml": AZD, "infra/main.bicep": site("orders", service)}

    assert taken(checked(tmp_path, files)) == []


def test_of_several_container_apps_only_the_checked_one_is_judged(tmp_path: Path) -> None:
    images = "registry.azurecr.io/team/{}:1.0"
    text = bicep(image=images.format("api")) + app(image=images.format("worker"), name="worker")
    files = {"infra/main.bicep": text, "src/worker/host.json": "{}"}

    given = checked(tmp_path, files)

    assert [f.evidence for f in found(image_tag_not_pinned.RULE, given)] == [
        "image: 'registry.azurecr.io/team/api:1.0'"
    ]
    (small,) = found(workload_profile_too_small.RULE, given)
    assert "worker" in small.message


@pytest.mark.parametrize("neighbour", ["order-api", "Api"])
def test_an_image_that_is_called_after_another_app_is_not_the_apps(
    tmp_path: Path, neighbour: str
) -> None:
    text = bicep(image="registry.azurecr.io/team/order-api:1.0")
    files = {"infra/main.bicep": text, f"apps/{neighbour}/host.json": "{}"}

    assert taken(checked(tmp_path, files)) == []


def test_a_template_of_the_folder_that_one_above_deploys_is_read_as_its_part(
    tmp_path: Path,
) -> None:
    files = {
        "infra/main.bicep": "module m '../src/api/app.bicep' = { name: 'm', params: {name: 'n'} }",
        "src/api/app.bicep": site().replace("name: 'orders'", "name: name")
        + "param name string = 'default'\n",
    }

    given = checked(tmp_path, files)

    (deployment,) = given.infrastructure.deployments
    assert deployment.template == "../../infra/main.bicep"
    assert deployment.files == {"../../infra/main.bicep", "app.bicep"}
    (finding,) = found(app_setting_missing.RULE, given)
    assert finding.file == "app.bicep"
    assert finding.message.startswith("n is deployed")


def test_a_template_of_the_folder_is_judged_by_itself_where_nothing_above_is_the_apps(
    tmp_path: Path,
) -> None:
    files = {
        "infra/main.bicep": site("one") + site("two"),
        "src/api/infra/main.bicep": site(),
    }

    (deployment,) = checked(tmp_path, files).infrastructure.deployments

    assert deployment.template == "infra/main.bicep"


def test_parameters_beside_a_template_above_are_its_own(tmp_path: Path) -> None:
    text = "param runtime string\n" + site().replace("value: 'python'", "value: runtime")
    files = {
        "infra/main.bicep": text,
        "infra/main.bicepparam": "using './main.bicep'\nparam runtime = 'node'\n",
    }
    given = checked(tmp_path, files, survey=survey_of())

    told = [finding.file for finding in found(app_setting_missing.RULE, given)]

    assert told == ["../../infra/main.bicepparam"]


def test_what_a_file_above_mentions_is_given(tmp_path: Path) -> None:
    survey = survey_of(take={"type": "serviceBusTrigger", "connection": "ORDERS_BUS"})
    without = checked(tmp_path, {"infra/main.bicep": site()}, survey=survey)

    assert len(found(connection_without_value.RULE, without)) == 1

    text = site(settings="{ name: 'ORDERS_BUS__fullyQualifiedNamespace', value: 'x' }")
    given = checked(tmp_path, {"infra/main.bicep": text}, survey=survey)

    assert found(connection_without_value.RULE, given) == []


def test_an_image_that_a_workflow_above_sets_does_change(tmp_path: Path) -> None:
    files = {"infra/main.bicep": bicep(image="registry.azurecr.io/team/api:latest")}

    assert len(found(image_not_changed_by_deploy.RULE, checked(tmp_path, files))) == 1

    files[".github/workflows/deploy.yml"] = "run: az containerapp update --image x"

    assert found(image_not_changed_by_deploy.RULE, checked(tmp_path, files)) == []
