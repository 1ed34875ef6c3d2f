"""Modules of Microsoft's public registry: what is given to them is judged where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.infrastructure.reading import deployments

from funcyard.preflight.infrastructure.container_apps import container_apps, environments
from funcyard.preflight.infrastructure.settings import function_app_settings
from funcyard.preflight.rules import (
    app_setting_missing,
    image_not_changed_by_deploy,
    module_not_read,
    port_mismatch,
    workload_profile_too_small,
)

PUBLIC = "br/public:avm/res"
ENVIRONMENT = """\
module environment '{public}/app/managed-environment:0.11.2' = {{
  name: 'environment'
  params: {{
    name: 'cae'
    zoneRedundant: false
    workloadProfiles: [
      {{
        name: 'E16'
        workloadProfileType: 'E16'
        maximumCount: 1
      }}
    ]
  }}
}}
"""
APP = """\
module app '{public}/app/container-app:{version}' = {{
  name: 'app'
  params: {{
    name: 'api'
    environmentResourceId: environment.outputs.resourceId
    workloadProfileName: 'E16'
    ingressTargetPort: 8080
    {scale}
    containers: [
      {{
        name: 'main'
        image: 'registry.azurecr.io/team/api:latest'
        resources: {{ cpu: json('16'), memory: '128Gi' }}
      }}
    ]
  }}
}}
"""


def _bicep(*, public: str = PUBLIC, version: str = "0.18.0", scale: str = "") -> str:
    return ENVIRONMENT.format(public=public) + APP.format(
        public=public, version=version, scale=scale
    )


@pytest.mark.parametrize("public", [PUBLIC, "br:mcr.microsoft.com/bicep/avm/res"])
@pytest.mark.parametrize(
    ("version", "scale"),
    [
        ("0.4.1", "scaleMinReplicas: 0\n    scaleMaxReplicas: 1"),
        ("0.18.0", "scaleSettings: { minReplicas: 0, maxReplicas: 1 }"),
    ],
)
def test_what_is_given_to_the_modules_is_judged_where_it_is_written(
    tmp_path: Path, public: str, version: str, scale: str
) -> None:
    text = _bicep(public=public, version=version, scale=scale)
    files = {
        "main.bicep": text,
        "Dockerfile": "FROM mcr.microsoft.com/azure-functions/python:4-python3.11\n",
    }
    given = facts(tmp_path, files, target={"dockerfile": tmp_path / "Dockerfile"})
    (capacity,) = found(workload_profile_too_small.RULE, given)
    assert (capacity.file, capacity.line) == ("main.bicep", 10)
    assert capacity.evidence == "maximumCount: 1"
    assert "need 2 nodes" in capacity.message
    (port,) = found(port_mismatch.RULE, given)
    assert port.evidence == "ingressTargetPort: 8080"
    assert port.next == "ingressTargetPort: 80"
    (still,) = found(image_not_changed_by_deploy.RULE, given)
    assert still.evidence == "image: 'registry.azurecr.io/team/api:latest'"
    assert found(module_not_read.RULE, given) == []


def test_what_the_module_adds_is_where_it_is_deployed(tmp_path: Path) -> None:
    (deployment,) = deployments(tmp_path, {"main.bicep": _bicep()})
    (app,) = container_apps(deployment)
    assert (app.least, app.most, app.mode) == (3, 10, "single")
    least = app.value("template", "scale", "minReplicas")
    assert least is not None
    assert (least.file, least.line) == ("main.bicep", 15)
    assert app.environment_id in environments(deployment)
    assert app.shares is not None
    (share,) = app.shares.items()
    revision = share.get("revisionName")
    assert revision is not None
    assert revision.data is None


def test_an_app_without_ingress_and_an_environment_without_profiles(tmp_path: Path) -> None:
    text = f"""
    module environment '{PUBLIC}/app/managed-environment:0.11.2' = {{
      name: 'e'
      params: {{ name: 'cae', workloadProfiles: null }}
    }}
    module app '{PUBLIC}/app/container-app:0.18.0' = {{
      name: 'a'
      params: {{
        name: 'api', environmentResourceId: environment.outputs.resourceId, containers: []
        disableIngress: true
      }}
    }}
    """
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    (app,) = container_apps(deployment)
    (environment,) = environments(deployment).values()
    assert app.value("configuration", "ingress") is None
    assert (app.profile, environment.profiles) == ("Consumption", ())


def test_parameters_that_are_not_known_are_no_defaults(tmp_path: Path) -> None:
    text = f"""
    param given object
    module app '{PUBLIC}/app/container-app:0.18.0' = {{
      name: 'a'
      params: given
    }}
    """
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    assert deployment.resources == ()


def test_a_module_that_hides_an_environment_from_a_rule_is_named(tmp_path: Path) -> None:
    text = _bicep().replace("br/public:avm/res/app/managed", "br:contoso.azurecr.io/managed")
    (finding,) = found(module_not_read.RULE, facts(tmp_path, {"main.bicep": text}))
    assert (finding.file, finding.line) == ("main.bicep", 1)
    assert finding.message == (
        "api: whether its workload profile E16 has room is not judged: its environment is made by"
        " br:contoso.azurecr.io/managed-environment:0.11.2, which is not read"
    )
    assert finding.evidence.startswith("module environment 'br:contoso.azurecr.io/managed")


@pytest.mark.parametrize(
    "change", [("workloadProfileName: 'E16'", ""), ("environment.outputs.resourceId", "'x'")]
)
def test_a_module_that_hides_nothing_that_is_wanted_is_not_named(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    text = _bicep().replace(*change).replace("br/public:avm/res/app/managed", "br:contoso/managed")
    assert found(module_not_read.RULE, facts(tmp_path, {"main.bicep": text})) == []


SITE = """\
module plan '{public}/web/serverfarm:0.5.0' = {{
  name: 'plan'
  params: {{ name: 'plan', skuName: 'Y1' }}
}}
module storage '{public}/storage/storage-account:0.20.0' = {{ name: 's', params: {{ name: 's' }} }}
module site '{public}/web/site:0.16.0' = {{
  name: 'site'
  params: {{
    name: 'orders'
    kind: 'functionapp,linux'
    tags: {{ 'azd-service-name': 'api' }}
    serverFarmResourceId: plan.outputs.resourceId
    siteConfig: {{
      linuxFxVersion: 'Python|3.11'
      appSettings: [ {{ name: 'SITE', value: 'a' }} ]
    }}
    {settings}
  }}
}}
"""
PAIRS = "appSettingsKeyValuePairs: { FUNCTIONS_WORKER_RUNTIME: 'python', A: 'b' }"
ACCOUNT = "storageAccountResourceId: storage.outputs.resourceId"
CONFIGS = """configs: [
      {{ name: 'logs' }}
      {{
        name: 'appsettings'
        {more}
        properties: {{ FUNCTIONS_WORKER_RUNTIME: 'python', A: 'b' }}
      }}
    ]"""


def _site(settings: str, public: str = PUBLIC) -> str:
    return SITE.format(public=public, settings=settings)


@pytest.mark.parametrize("public", [PUBLIC, "br:mcr.microsoft.com/bicep/avm/res"])
@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ("", {"SITE"}),
        (PAIRS, {"SITE", "FUNCTIONS_WORKER_RUNTIME", "A"}),
        (f"{PAIRS}\n{ACCOUNT}", {"SITE", "FUNCTIONS_WORKER_RUNTIME", "A", "AzureWebJobsStorage"}),
        (
            f"{ACCOUNT}\nstorageAccountUseIdentityAuthentication: true",
            {"SITE", "AzureWebJobsStorage__accountName"},
        ),
        (CONFIGS.format(more=""), {"SITE", "FUNCTIONS_WORKER_RUNTIME", "A"}),
        (
            CONFIGS.format(more=f"{ACCOUNT}\nstorageAccountUseIdentityAuthentication: true"),
            {"SITE", "FUNCTIONS_WORKER_RUNTIME", "A", "AzureWebJobsStorage__accountName"},
        ),
        (
            CONFIGS.format(more="retainCurrentAppSettings: false"),
            {"FUNCTIONS_WORKER_RUNTIME", "A"},
        ),
    ],
)
def test_a_function_app_that_the_module_makes_has_the_settings_that_are_given(
    tmp_path: Path, public: str, settings: str, names: set[str]
) -> None:
    (deployment,) = deployments(tmp_path, {"main.bicep": _site(settings, public)})
    (found,) = function_app_settings(deployment)
    assert (found.owner, found.complete, set(found.values)) == ("orders", True, names)
    assert found.runtime is not None
    assert found.runtime.text == "Python|3.11"


def test_what_the_module_is_given_for_a_site_keeps_its_place(tmp_path: Path) -> None:
    files = {"main.bicep": _site(CONFIGS.format(more=ACCOUNT))}
    (finding,) = found(app_setting_missing.RULE, facts(tmp_path, files))
    assert (finding.file, finding.line) == ("main.bicep", 6)
    assert finding.message.startswith("orders is deployed without FUNCTIONS_EXTENSION_VERSION")


def test_settings_of_the_module_that_are_not_known_may_be_any(tmp_path: Path) -> None:
    text = f"param given array\n{_site('configs: given')}"
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    (found,) = function_app_settings(deployment)
    assert (dict(found.values), found.complete) == ({}, False)


def test_the_site_of_the_module_runs_on_the_plan_that_it_is_given(tmp_path: Path) -> None:
    (deployment,) = deployments(tmp_path, {"main.bicep": _site("")})
    (plan,) = deployment.of_type("Microsoft.Web/serverfarms")
    (site,) = deployment.of_type("Microsoft.Web/sites")
    farm, sku = site.body.get("properties", "serverFarmId"), plan.body.get("sku", "name")
    assert farm is not None
    assert sku is not None
    assert (farm.text, sku.text) == (f"{{{plan.id}}}", "Y1")
