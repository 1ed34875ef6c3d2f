from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.infrastructure.templates import bicep

from funcyard.preflight.finding import Finding
from funcyard.preflight.rule import Rule
from funcyard.preflight.rules import image_not_changed_by_deploy, image_tag_latest

TAG, STILL = image_tag_latest.RULE, image_not_changed_by_deploy.RULE
OWN = "registry.azurecr.io/team/api"
PARAMETER = f"param image string = '{OWN}:latest'\n"


def _found(rule: Rule, tmp_path: Path, **files: str) -> list[Finding]:
    named = {name.replace("__", "."): text for name, text in files.items()}
    target = {"dockerfile": tmp_path / "Dockerfile"} if "Dockerfile" in named else {}
    return found(rule, facts(tmp_path, named, target=target))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("FROM python\n", [1]),
        ("ARG B=python:latest\nFROM $B\n", [1]),
        ("FROM python:3.11 AS a\nFROM node:latest\nCOPY --from=a / /\n", [2]),
        ("FROM python:3.11 AS a\nFROM a\n", []),
        ("FROM scratch\n", []),
        (f"FROM python@sha256:{'a' * 64}\n", []),
        ("ARG B\nFROM $B\n", []),
    ],
)
def test_a_base_image_names_a_version(tmp_path: Path, text: str, lines: list[int]) -> None:
    findings = _found(TAG, tmp_path, Dockerfile=text)
    assert [(finding.file, finding.line) for finding in findings] == [
        ("Dockerfile", line) for line in lines
    ]


def test_a_service_names_a_version_unless_it_is_built_here(tmp_path: Path) -> None:
    text = (
        "services:\n  a:\n    image: redis\n  b:\n    image: own\n    build: .\n"
        "  c:\n    image: redis:7\n  d:\n    image: ${IMAGE}\n"
    )
    (finding,) = _found(TAG, tmp_path, compose__yaml=text)
    assert (finding.file, finding.line) == ("compose.yaml", 3)
    assert finding.message == "service a runs redis, which names no version"


@pytest.mark.parametrize(
    ("image", "rule"),
    [
        (f"{OWN}:latest", STILL),
        (OWN, STILL),
        ("${registry}/api:latest", STILL),
        ("docker.io/library/redis:latest", TAG),
        ("redis", TAG),
        (f"{OWN}:1.2", None),
        (f"{OWN}:latest@sha256:{'a' * 64}", None),
        ("${registry}/api:${tag}", None),
        ("${registry}", None),
        ("mcr.microsoft.com/azuredocs/containerapps-helloworld:latest", None),
    ],
)
def test_the_image_of_a_container_app_is_judged_once(
    tmp_path: Path, image: str, rule: Rule | None
) -> None:
    text = f"param registry string\nparam tag string\n{bicep(image=image)}"
    for each in (TAG, STILL):
        assert len(_found(each, tmp_path, main__bicep=text)) == (each is rule)


def test_a_default_that_no_deployment_replaces_makes_no_new_revision(tmp_path: Path) -> None:
    text = PARAMETER + bicep(image="x").replace("'x'", "image")
    (finding,) = _found(STILL, tmp_path, main__bicep=text, deploy__sh="az deployment\n")
    assert (finding.file, finding.line) == ("main.bicep", 1)
    assert finding.message == (
        f"api-app: its image is called {OWN}:latest in every deployment, so that a new build makes"
        " no new revision"
    )
    assert finding.next == "deploy with image=…:<commit>"


def test_a_default_that_something_replaces_is_no_fault(tmp_path: Path) -> None:
    text = PARAMETER + bicep(image="x").replace("'x'", "image")
    script = "az deployment group create --parameters image=$REGISTRY/api:$SHA\n"
    assert _found(STILL, tmp_path, main__bicep=text, deploy__sh=script) == []


@pytest.mark.parametrize(
    "files",
    [
        {"deploy__sh": "az containerapp update --name api --image $IMAGE\n"},
        {"ci__yml": "      - uses: azure/container-apps-deploy-action@v1\n"},
        {"azure__yaml": "name: orders\n"},
    ],
)
def test_an_image_that_is_set_apart_from_the_template_is_no_fault(
    tmp_path: Path, files: dict[str, str]
) -> None:
    text = bicep(image=f"{OWN}:latest")
    assert len(_found(STILL, tmp_path, main__bicep=text)) == 1
    assert _found(STILL, tmp_path, **files) == []


def test_a_default_in_an_arm_template_is_known_as_one(tmp_path: Path) -> None:
    document = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "parameters": {"apiImage": {"type": "string", "defaultValue": f"{OWN}:latest"}},
        "resources": [
            {
                "type": "Microsoft.App/containerApps",
                "name": "api",
                "properties": {"template": {"containers": [{"image": "[parameters('apiImage')]"}]}},
            }
        ],
    }
    text = json.dumps(document, indent=2)
    (finding,) = _found(STILL, tmp_path, azuredeploy__json=text)
    assert finding.next == "deploy with apiImage=…:<commit>"


def test_a_template_that_changes_with_the_clock_pulls_the_image_anew(tmp_path: Path) -> None:
    text = "param now string = utcNow()\n" + bicep(image=f"{OWN}:latest").replace(
        "name: 'main'", "name: 'main'\n          env: [ { name: 'AT', value: now } ]"
    )
    assert _found(STILL, tmp_path, main__bicep=text) == []
    assert len(_found(TAG, tmp_path, main__bicep=text)) == 1


def test_a_function_app_in_a_container_names_a_version(tmp_path: Path) -> None:
    text = f"""
    resource site 'Microsoft.Web/sites@2024-04-01' = {{
      name: 'orders'
      properties: {{ siteConfig: {{ linuxFxVersion: 'DOCKER|{OWN}:latest' }} }}
    }}
    """
    (finding,) = _found(TAG, tmp_path, main__bicep=text)
    assert finding.message == f"orders runs {OWN}:latest, which names no version"
