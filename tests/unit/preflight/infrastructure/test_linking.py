"""Which checked app is run by what a deployment makes, and where nothing is claimed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.preflight.given import EMPTY, facts

from funcyard.preflight.facts import AppFacts, Facts
from funcyard.preflight.infrastructure.linking import linked, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTRY = "team.azurecr.io/shop"
AZD = """\
services:
  front: { project: src/api, host: function }
  back: { project: ./src/worker, host: containerapp }
  site: { project: src/web, host: staticwebapp }
"""


def site(name: str, *, runtime: str = "Python|3.11", tag: str = "", kind: str = "") -> str:
    """A function app in Bicep."""
    tags = f"tags: {{ 'azd-service-name': '{tag}' }}" if tag else ""
    return f"""\
resource {name} 'Microsoft.Web/sites@2024-04-01' = {{
  name: '{name}'
  kind: 'functionapp,linux{kind}'
  {tags}
  properties: {{ siteConfig: {{ linuxFxVersion: '{runtime}' }} }}
}}
"""


def container(name: str, *images: str, tag: str = "") -> str:
    """A container app in Bicep."""
    tags = f"tags: {{ 'azd-service-name': '{tag}' }}" if tag else ""
    listed = "\n".join(f"{{ name: 'c', image: '{image}' }}" for image in images)
    return f"""\
resource {name} 'Microsoft.App/containerApps@2024-03-01' = {{
  name: '{name}'
  {tags}
  properties: {{ template: {{ containers: [
    {listed}
  ] }} }}
}}
"""


def checked(root: Path, files: Mapping[str, str], *names: str) -> Facts:
    """Facts of apps in folders of ``src``."""
    given = facts(root, {**files, **{f"src/{name}/host.json": "{}" for name in names}})
    target = given.apps[0].target
    targets = [replace(target, name=name, directory=root / "src" / name) for name in names]
    apps = (AppFacts(root, one, EMPTY, given.around) for one in targets)
    return Facts(given.request, tuple(apps))


def told(given: Facts) -> dict[str, str]:
    """The apps that get settings, by what gets them; nothing where that is open."""
    (deployment,) = given.infrastructure.deployments
    pairs = settings_of(given, deployment)
    return {settings.owner: app.name if app else "" for settings, app in pairs}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (site("fx"), {"fx": "api"}),
        (container("ca", f"{REGISTRY}:1"), {"ca": "api"}),
        (container("ca", f"{REGISTRY}:1", "redis:7"), {"ca": "api"}),
        (site("fx") + container("ca", f"{REGISTRY}:1"), {"fx": "", "ca": ""}),
        (site("fx") + site("second"), {"fx": "", "second": ""}),
        (site("fx") + site("js", runtime="Node|20"), {"fx": "api"}),
        (site("fx") + site("logic", kind=",workflowapp"), {"fx": "api"}),
        (site("fx") + container("ca", "redis:7"), {"fx": "api"}),
        (site("fx") + container("ca", f"{REGISTRY}-api:1"), {"fx": "", "ca": "api"}),
    ],
)
def test_one_app_is_what_the_one_thing_runs_that_may_run_it(
    tmp_path: Path, template: str, expected: dict[str, str]
) -> None:
    assert told(checked(tmp_path, {"main.bicep": template}, "api")) == expected


def test_of_names_that_an_image_ends_in_the_longest_is_meant(tmp_path: Path) -> None:
    template = container("ca", f"{REGISTRY}/my-orders-api:1") + container("cb", f"{REGISTRY}/api:1")

    given = checked(tmp_path, {"main.bicep": template}, "api", "orders-api")

    assert told(given) == {"ca": "orders-api", "cb": "api"}


def test_the_tag_of_azd_tells_the_app_whatever_the_image_is_called(tmp_path: Path) -> None:
    placeholder = "mcr.microsoft.com/azuredocs/containerapps-helloworld:latest"
    files = {
        "azure.yaml": AZD,
        "infra/main.bicep": site("fx", tag="front") + container("ca", placeholder, tag="back"),
    }
    given = checked(tmp_path, files, "api", "worker")

    (deployment,) = given.infrastructure.deployments

    assert told(given) == {"fx": "api", "ca": "worker"}
    assert [(one.name, app.name) for one, _, app in linked(given, deployment)] == [("ca", "worker")]


@pytest.mark.parametrize(
    ("tag", "expected"), [("site", {}), ("back", {}), ("unheard-of", {"fx": "api"})]
)
def test_a_tag_of_another_service_rules_an_app_out(
    tmp_path: Path, tag: str, expected: dict[str, str]
) -> None:
    files = {"azure.yaml": AZD, "infra/main.bicep": site("fx", tag=tag)}

    assert told(checked(tmp_path, files, "api")) == expected


def test_the_nearest_project_of_azd_counts(tmp_path: Path) -> None:
    files = {
        "azure.yaml": "services: { front: { project: src/worker } }",
        "shop/azure.yaml": "services: { front: { project: ../src/api } }",
        "shop/infra/main.bicep": site("fx", tag="front"),
    }

    assert told(checked(tmp_path, files, "api", "worker")) == {"fx": "api"}


def test_of_a_service_of_several_apps_it_is_open_which_one_it_is(tmp_path: Path) -> None:
    files = {
        "azure.yaml": "services: { front: { project: src } }",
        "infra/main.bicep": site("fx", tag="front"),
    }

    assert told(checked(tmp_path, files, "api", "worker")) == {"fx": ""}
