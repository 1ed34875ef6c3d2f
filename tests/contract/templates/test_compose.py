"""The Compose file against the specification and against the spec, for people without Tilt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from compose_spec import PyCompose
from ruamel.yaml import YAML

from funcyard.project.names import connection_string

if TYPE_CHECKING:
    from tests.contract.templates.conftest import Project

FILE = ".docker/docker-compose.dev.yml"
VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<other>[^}]*))?\})"
)


class MissingVariableError(Exception):
    """What Compose says when ``${NAME:?message}`` is not set."""


def interpolated(text: str, variables: dict[str, str]) -> str:
    """Replace variables as the Compose specification says."""

    def value(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        if given := variables.get(match["name"]):
            return given
        if match["kind"] == "?":
            raise MissingVariableError(match["other"])
        return match["other"] or ""

    return VARIABLE.sub(value, text)


def loaded(project: Project, **variables: str) -> dict[str, Any]:
    given = {"AZURITE_ACCOUNT_KEY": project.key, "HOME": "/home/me", "GREETING": "hi", **variables}
    text = interpolated(project.text(FILE), given)
    PyCompose.from_yaml(text)
    document: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return document


def test_the_specification_accepts_the_file(project: Project) -> None:
    assert loaded(project)["name"] == project.spec.project_name


def test_the_specification_would_see_a_fault(pipeline: Project) -> None:
    text = interpolated(pipeline.text(FILE), {"AZURITE_ACCOUNT_KEY": pipeline.key})
    with pytest.raises(ValueError, match="healthchek"):
        PyCompose.from_yaml(text.replace("healthcheck:", "healthchek:"))


def test_without_a_key_compose_says_what_to_set(project: Project) -> None:
    with pytest.raises(MissingVariableError, match=r"set AZURITE_ACCOUNT_KEY in \.env\.local"):
        loaded(project, AZURITE_ACCOUNT_KEY="")


def test_every_service_can_be_built_without_tilt(project: Project) -> None:
    services = loaded(project)["services"]
    assert list(services) == ["azurite", *(app.name for app in project.spec.function_apps)]
    for name, service in services.items():
        assert service["build"]["context"] == ".."
        assert service["build"]["dockerfile"] == f".docker/{name}/Dockerfile"
        assert service["build"]["dockerfile"] in project.files


def test_ports_are_bound_to_loopback_only(project: Project) -> None:
    services = loaded(project)["services"]
    for app, debug_port in zip(project.spec.function_apps, range(5678, 5700), strict=False):
        assert services[app.name]["ports"] == [
            f"127.0.0.1:{app.port}:80",
            f"127.0.0.1:{debug_port}:5678",
        ]
    assert services["azurite"]["ports"] == [
        f"127.0.0.1:{port}:{port}" for port in (10000, 10001, 10002)
    ]


def test_ports_of_the_environment_are_honoured(pipeline: Project) -> None:
    services = loaded(pipeline, ORCHESTRATOR_HOST_PORT="8071", AZURITE_TABLE_PORT="20002")
    assert services["services"]["orchestrator"]["ports"][0] == "127.0.0.1:8071:80"
    assert "127.0.0.1:20002:10002" in services["services"]["azurite"]["ports"]


def test_hyphens_make_valid_variables(project: Project) -> None:
    for match in VARIABLE.finditer(project.text(FILE)):
        assert match["escaped"] or re.fullmatch(r"[A-Z_][A-Z0-9_]*", match["name"])
    assert project.text(FILE).count("${") == len(
        re.findall(r"\$\{\w+(?::[-?][^}]*)?\}", project.text(FILE))
    )


def test_every_app_has_one_full_connection_string_and_a_host_id_of_its_own(
    project: Project,
) -> None:
    services = loaded(project)["services"]
    expected = connection_string(project.key, host="azurite")
    ids = set()
    for app in project.spec.function_apps:
        environment = services[app.name]["environment"]
        assert environment["AzureWebJobsStorage"] == expected
        assert environment["AZURE_STORAGE_CONNECTION_STRING"] == expected
        assert "UseDevelopmentStorage" not in str(environment)
        assert environment["FUNCTIONS_WORKER_RUNTIME"] == "python"
        ids.add(environment["AzureFunctionsWebHost__hostid"])
    assert len(ids) == len(project.spec.function_apps)


def test_apps_find_each_other(pipeline: Project) -> None:
    environment = loaded(pipeline)["services"]["processor"]["environment"]
    assert environment["LOADER_URL"] == "http://loader"
    assert environment["ORCHESTRATOR_URL"] == "http://orchestrator"


def test_apps_start_when_the_storage_is_made(project: Project) -> None:
    services = loaded(project)["services"]
    assert services["azurite"]["healthcheck"]["test"] == ["CMD", "azurite-healthy"]
    for app in project.spec.function_apps:
        assert services[app.name]["depends_on"] == {"azurite": {"condition": "service_healthy"}}
        assert services[app.name]["healthcheck"]


def test_settings_of_the_spec_reach_every_app_and_can_be_overridden(project: Project) -> None:
    services = loaded(project, PALANTE_ENVIRONMENT="staging")["services"]
    for app in project.spec.function_apps:
        environment = services[app.name]["environment"]
        for variable in project.spec.environment:
            set_here = {"PALANTE_ENVIRONMENT": "staging", "GREETING": "hi"}
            assert environment[variable.name] == set_here.get(variable.name, variable.default)


def test_a_default_that_compose_cannot_express_must_be_set(project: Project) -> None:
    if any(variable.name == "GREETING" for variable in project.spec.environment):
        with pytest.raises(MissingVariableError, match=r"set GREETING in \.env\.local"):
            loaded(project, GREETING="")


def test_volumes_are_read_only_unless_said(project: Project) -> None:
    services = loaded(project)["services"]
    for app in project.spec.function_apps:
        mounted = [mount.split(":") for mount in services[app.name].get("volumes", [])]
        assert [(target, options == ["ro"]) for _, target, *options in mounted] == [
            (volume.target, volume.read_only) for volume in project.spec.volumes
        ]


def test_azure_credentials_come_from_the_home_folder(pipeline: Project) -> None:
    volumes = loaded(pipeline)["services"]["loader"]["volumes"]
    assert volumes == ["/home/me/.azure:/home/.azure:ro"]


def test_a_volume_of_the_project_is_found_from_the_compose_files_folder(
    every_trigger: Project,
) -> None:
    assert loaded(every_trigger)["services"]["my-app"]["volumes"] == ["../data:/data"]
