from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.infrastructure.reading import deployments
from tests.unit.preflight.infrastructure.templates import arm

from funcyard.preflight.infrastructure.settings import container_settings, function_app_settings

SITE = """
param given string
resource site 'Microsoft.Web/sites@2024-04-01' = {{
  name: 'orders'
  kind: 'functionapp,linux'
  properties: {{
    siteConfig: {{
      linuxFxVersion: 'Python|3.11'
      appSettings: [
        {{ name: 'A', value: 'b' }}
        {{ name: 'C', value: given }}
        {0}
      ]
    }}
  }}
}}
"""
CONFIG = (
    "resource settings 'Microsoft.Web/sites/config@2024-04-01' = {{ {}, properties: {{ D: 'e' }} }}"
)


def test_the_settings_of_a_function_app_are_told(tmp_path: Path) -> None:
    (deployment,) = deployments(tmp_path, {"main.bicep": SITE.format("")})
    (found,) = function_app_settings(deployment)
    assert found.owner == "orders"
    assert found.complete
    assert {name: value.known for name, value in found.values.items()} == {"A": True, "C": False}
    assert found.values["A"].line == 10
    assert found.runtime is not None
    assert found.runtime.text == "Python|3.11"


def test_a_setting_whose_name_is_unknown_may_be_any(tmp_path: Path) -> None:
    text = SITE.format("{ name: given, value: 'x' }")
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    (found,) = function_app_settings(deployment)
    assert not found.complete


@pytest.mark.parametrize(
    "named", ["parent: site, name: 'appsettings'", "name: '${site.name}/appsettings'"]
)
def test_a_resource_of_its_own_replaces_the_settings(tmp_path: Path, named: str) -> None:
    text = SITE.format("") + CONFIG.format(named)
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    (found,) = function_app_settings(deployment)
    assert {name: value.text for name, value in found.values.items()} == {"D": "e"}


EXISTING = "resource there 'Microsoft.Web/sites@2024-04-01' existing = {{ name: 'fx'{} }}\n"
SETTINGS = "properties: { FUNCTIONS_WORKER_RUNTIME: 'python', D: 'e' }"


def _beside(named: str) -> str:
    return f"resource s 'Microsoft.Web/sites/config@2024-04-01' = {{ {named}, {SETTINGS} }}"


@pytest.mark.parametrize(
    "text",
    [
        _beside("name: 'fx/appsettings'"),
        EXISTING.format("") + _beside("parent: there, name: 'appsettings'"),
        EXISTING.format(f"\n  resource s 'config' = {{ name: 'appsettings', {SETTINGS} }}\n"),
    ],
    ids=["a composed name", "a parent", "inside of it"],
)
def test_the_settings_of_a_function_app_that_is_there_already_are_told(
    tmp_path: Path, text: str
) -> None:
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    (found,) = function_app_settings(deployment)
    assert found.owner == "fx"
    assert found.complete
    assert {name: value.text for name, value in found.values.items()} == {
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "D": "e",
    }


def test_settings_whose_site_is_given_belong_to_a_function_app_without_a_name(
    tmp_path: Path,
) -> None:
    text = f"""
    param site string
    resource settings 'Microsoft.Web/sites/config@2024-04-01' = {{
      name: '${{site}}/appsettings'
      {SETTINGS}
    }}
    """
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    (found,) = function_app_settings(deployment)
    assert (found.owner, set(found.values)) == ("settings", {"FUNCTIONS_WORKER_RUNTIME", "D"})


def test_settings_that_no_functions_host_reads_are_those_of_a_web_app(tmp_path: Path) -> None:
    text = CONFIG.format("name: 'fx/appsettings'")
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    assert list(function_app_settings(deployment)) == []


@pytest.mark.parametrize("name", ["appsettings", "[concat('orders', '/', 'appsettings')]"])
def test_settings_inside_of_a_site_of_an_arm_template_are_its_own(
    tmp_path: Path, name: str
) -> None:
    kind = "config" if name == "appsettings" else "Microsoft.Web/sites/config"
    site = {
        "type": "Microsoft.Web/sites",
        "name": "orders",
        "kind": "functionapp,linux",
        "properties": {},
        "resources": [{"type": kind, "name": name, "properties": {"D": "e"}}],
    }
    (deployment,) = deployments(tmp_path, {"azuredeploy.json": arm(site)})
    (found,) = function_app_settings(deployment)
    assert (found.owner, found.texts) == ("orders", {"D": "e"})


def test_other_sites_are_no_function_apps(tmp_path: Path) -> None:
    text = SITE.format("").replace("functionapp,linux", "app,linux")
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    assert list(function_app_settings(deployment)) == []


def test_the_variables_of_containers_are_told(tmp_path: Path) -> None:
    text = """
    resource app 'Microsoft.App/containerApps@2024-03-01' = {
      name: 'orders'
      properties: {
        template: {
          containers: [
            { image: 'a/b:1', env: [ { name: 'A', value: 'b' }, { name: 'S', secretRef: 's' } ] }
            { image: 'a/c:1' }
          ]
        }
      }
    }
    """
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    first, second = container_settings(deployment)
    assert (set(first.values), first.texts) == ({"A", "S"}, {"A": "b"})
    assert (first.owner, first.image_name) == ("orders", "a/b:1")
    assert (second.values, second.complete) == ({}, True)
