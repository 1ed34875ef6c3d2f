from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.infrastructure.templates import bicep

from funcyard.preflight.facts import Facts
from funcyard.preflight.rules.port_mismatch import RULE

FROM = "FROM mcr.microsoft.com/azure-functions/python:4-python3.11\n"
COMPOSE = """\
services:
  api:
    build: {{ context: ., dockerfile: Dockerfile }}
    ports:
      - "127.0.0.1:7071:{port}"
{more}"""


def _facts(tmp_path: Path, files: dict[str, str]) -> Facts:
    target = {"dockerfile": tmp_path / "Dockerfile"}
    return facts(tmp_path, {"Dockerfile": FROM, **files}, target=target)


def _ports(tmp_path: Path, dockerfile: str, target: str = "8080", env: str = "") -> list[str]:
    ingress = f"external: true, targetPort: {target}"
    text = bicep(ingress=ingress).replace("image: 'reg", f"env: [ {env} ]\n          image: 'reg")
    given = _facts(tmp_path, {"Dockerfile": dockerfile, "main.bicep": f"param given int\n{text}"})
    return [finding.next for finding in found(RULE, given)]


def test_ingress_to_8080_does_not_reach_a_host_on_80(tmp_path: Path) -> None:
    given = _facts(tmp_path, {"main.bicep": bicep(ingress="external: true, targetPort: 8080")})
    (finding,) = found(RULE, given)
    assert (finding.file, finding.line) == ("main.bicep", 16)
    assert finding.message == (
        "api-app: requests are sent to port 8080, and the Functions host in the image of api"
        " listens on 80"
    )
    assert finding.evidence == "ingress: { external: true, targetPort: 8080 }"
    assert finding.next == "targetPort: 80"


@pytest.mark.parametrize(
    ("dockerfile", "wanted"),
    [
        (FROM, ["targetPort: 80"]),
        (FROM + "ENV ASPNETCORE_URLS=http://+:8080\n", []),
        (FROM + "ENV ASPNETCORE_URLS=http://+:9000\n", ["targetPort: 9000"]),
        (FROM + "ENV ASPNETCORE_URLS='http://+:9000;http://*:8080/'\n", []),
        (FROM + "ENV ASPNETCORE_HTTP_PORTS=8080\n", []),
        (FROM + "ARG U\nENV ASPNETCORE_URLS=$U\n", []),
        (FROM + 'CMD ["gunicorn"]\n', []),
        (FROM + 'CMD ["/opt/startup/start_nonappservice.sh"]\n', ["targetPort: 80"]),
        ("FROM python:3.11\n", []),
        ("ARG B\nFROM $B\n", []),
        (FROM.strip() + " AS base\nENV ASPNETCORE_URLS=http://+:8080\nFROM base\n", []),
    ],
)
def test_the_port_is_that_of_the_image(tmp_path: Path, dockerfile: str, wanted: list[str]) -> None:
    assert _ports(tmp_path, dockerfile) == wanted


@pytest.mark.parametrize("target", ["80", "given", "0"])
def test_a_port_that_is_right_or_unknown_is_no_fault(tmp_path: Path, target: str) -> None:
    assert _ports(tmp_path, FROM, target) == []


def test_a_variable_of_the_container_moves_the_port(tmp_path: Path) -> None:
    moved = "{ name: 'ASPNETCORE_URLS', value: 'http://+:8080' }"
    assert _ports(tmp_path, FROM, env=moved) == []
    hidden = "{ name: 'ASPNETCORE_URLS', secretRef: 'urls' }"
    assert _ports(tmp_path, FROM, env=hidden) == []


def test_an_image_that_is_not_the_apps_is_left_alone(tmp_path: Path) -> None:
    text = bicep(
        ingress="targetPort: 8080", image="mcr.microsoft.com/azuredocs/containerapps-helloworld:1"
    )
    assert found(RULE, _facts(tmp_path, {"main.bicep": text})) == []


def test_an_image_that_is_given_at_deployment_is_the_apps_where_there_is_one_of_each(
    tmp_path: Path,
) -> None:
    text = bicep(ingress="targetPort: 8080").replace("'registry.azurecr.io/team/api:1'", "given")
    given = _facts(tmp_path, {"main.bicep": f"param given string\n{text}"})
    assert [finding.next for finding in found(RULE, given)] == ["targetPort: 80"]


@pytest.mark.parametrize(
    ("port", "urls", "wanted"),
    [
        ("8080", "", ["WEBSITES_PORT: 80"]),
        ("80", "", []),
        ("8080", "{ name: 'ASPNETCORE_URLS', value: 'http://+:8080' }", []),
        ("x", "", []),
    ],
)
def test_a_function_app_is_told_the_port_of_its_image(
    tmp_path: Path, port: str, urls: str, wanted: list[str]
) -> None:
    text = f"""
    resource site 'Microsoft.Web/sites@2024-04-01' = {{
      name: 'orders'
      kind: 'functionapp,linux,container'
      properties: {{
        siteConfig: {{
          linuxFxVersion: 'DOCKER|registry.azurecr.io/team/orders-api:1'
          appSettings: [
            {{ name: 'WEBSITES_PORT', value: '{port}' }}
            {urls}
          ]
        }}
      }}
    }}
    """
    given = _facts(tmp_path, {"main.bicep": text})
    assert [finding.next for finding in found(RULE, given)] == wanted


def test_compose_maps_a_port_on_which_nobody_listens(tmp_path: Path) -> None:
    text = COMPOSE.format(port=8080, more="")
    (finding,) = found(RULE, _facts(tmp_path, {"docker-compose.yml": text}))
    assert (finding.file, finding.line) == ("docker-compose.yml", 5)
    assert finding.message == (
        "service api maps port 8080 of the container, and the Functions host in the image of api"
        " listens on 80"
    )


@pytest.mark.parametrize(
    ("port", "more"),
    [
        ("80", ""),
        ("80/tcp", ""),
        ("5678", '      - "7072:80"\n'),
        ("5678", "      - { target: 80, published: 7072 }\n"),
        ("${PORT}", ""),
        ("8080", "    environment: [ 'ASPNETCORE_URLS=http://+:8080' ]\n"),
        ("8080", "    environment: { ASPNETCORE_URLS: '${URLS}' }\n"),
        ("8080", "    command: [python, -m, http.server, '8080']\n"),
        ("8080", "    entrypoint: /serve\n"),
    ],
)
def test_compose_that_maps_the_hosts_port_is_no_fault(tmp_path: Path, port: str, more: str) -> None:
    text = COMPOSE.format(port=port, more=more)
    assert found(RULE, _facts(tmp_path, {"compose.yaml": text})) == []


@pytest.mark.parametrize("text", ["services: [", "a: 1", "services: {api: 3}", "- x", "\x00"])
def test_a_compose_file_that_is_none_is_passed_over(tmp_path: Path, text: str) -> None:
    assert found(RULE, _facts(tmp_path, {"compose.yaml": text})) == []
