"""The platform's Dockerfile by hadolint, its Compose files by the specification, both together."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from compose_spec import PyCompose
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML
from tests.contract.templates.test_compose import MissingVariableError, interpolated

from funcyard.azure.storage import StorageAccount
from funcyard.functions.runtimes import base_image
from funcyard.project.renderer import AZURITE_BASE_IMAGE

ROOT = Path(__file__).parents[2]
APP = ROOT / "workflows"
DEVELOPMENT, PRODUCTION = "docker-compose.dev.yml", "docker-compose.prod.yml"
GIVEN = {
    "PLATFORM_IMAGE": f"contoso/workspace@sha256:{'0' * 64}",
    "PLATFORM_SETTINGS": "/etc/platform.env",
    "WORKSPACE_MOUNT": "/srv/workspaces",
    "TEMPORARY_MOUNT": "/srv/tmp",
}
_PINNED = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)


def loaded(name: str, **variables: str) -> dict[str, Any]:
    """Return a Compose file as Compose reads it, accepted by the specification."""
    yaml = YAML(typ="safe", pure=True)
    text = interpolated((APP / name).read_text(encoding="utf-8"), variables)
    document: dict[str, Any] = yaml.load(text)
    merged = StringIO()
    YAML(typ="safe", pure=True).dump(json.loads(json.dumps(document)), merged)  # no merge keys
    PyCompose.from_yaml(merged.getvalue())
    return document


def dockerfile() -> str:
    return (APP / "Dockerfile").read_text(encoding="utf-8")


def test_the_page_names_the_images_that_are_built_on_and_that_one_of_them_moves() -> None:
    page = " ".join((ROOT / "docs" / "workspace.md").read_text(encoding="utf-8").split())
    found = re.search(r"^ARG BASE_IMAGE=\S+:(\S+)$", dockerfile(), re.MULTILINE)
    assert found is not None
    assert f"`{found[1]}`, a tag that moves" in page
    assert f"`{AZURITE_BASE_IMAGE.rpartition(':')[2]}`" in page
    assert "--build-arg BASE_IMAGE=" in page


def test_a_message_that_cannot_be_run_is_tried_as_often_as_the_data_model_says() -> None:
    host = json.loads((APP / "host.json").read_text(encoding="utf-8"))
    told = (ROOT / "specs" / "data-model.md").read_text(encoding="utf-8")
    times = {3: "three", 5: "five"}[host["extensions"]["queues"]["maxDequeueCount"]]
    assert f"One that failed {times} times is told" in told


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, APP / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_base_is_microsoft_s_image_for_the_python_that_is_locked_for() -> None:
    image = base_image("python", "3.11")
    assert f"ARG BASE_IMAGE={image}\n" in dockerfile()
    services = loaded(DEVELOPMENT)["services"]
    assert services["platform"]["build"]["args"]["BASE_IMAGE"] == image
    assert services["azurite"]["image"] == AZURITE_BASE_IMAGE


@pytest.mark.parametrize("name", ["workspace", "debugger"])
def test_what_the_image_installs_is_what_is_tested(name: str) -> None:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    tested = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    assert set(_PINNED.findall(lock)) <= set(_PINNED.findall(tested))
    assert lock.count("--hash=") >= len(_PINNED.findall(lock)) > 0
    assert f"requirements/{name}.txt" in dockerfile()


def test_the_lock_holds_everything_that_funcyard_and_its_app_ask_for() -> None:
    lock = dict(_PINNED.findall((ROOT / "requirements/workspace.txt").read_text(encoding="utf-8")))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for text in (*project["dependencies"], *project["optional-dependencies"]["workspace"]):
        wanted = Requirement(text)
        assert lock[canonicalize_name(wanted.name)] in wanted.specifier


@pytest.mark.parametrize(("name", "variables"), [(DEVELOPMENT, {}), (PRODUCTION, GIVEN)])
def test_every_port_is_on_loopback_and_every_service_has_its_health(
    name: str, variables: dict[str, str]
) -> None:
    for service in loaded(name, **variables)["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        assert service["healthcheck"]["test"][0] == "CMD"
        assert service["init"] is True


def test_the_specification_would_see_a_fault() -> None:
    text = interpolated((APP / PRODUCTION).read_text(encoding="utf-8"), GIVEN)
    with pytest.raises(ValueError, match="healthchek"):
        PyCompose.from_yaml(text.replace("healthcheck:", "healthchek:"))


def test_one_account_holds_blobs_queues_tables_and_files() -> None:
    services = loaded(DEVELOPMENT, AZURITE_ACCOUNT_KEY="b3du")["services"]
    account = StorageAccount.from_connection_string(
        services["platform"]["environment"]["AzureWebJobsStorage"]
    )
    assert (account.name, account.key) == ("devstoreaccount1", "b3du")
    assert {kind: url.split("/")[2] for kind, url in account.endpoints.items()} == {
        "blob": "azurite:10000",
        "queue": "azurite:10001",
        "table": "azurite:10002",
        "file": "files:10003",
    }
    assert services["azurite"]["environment"]["AZURITE_ACCOUNTS"] == "devstoreaccount1:b3du"
    assert services["files"]["environment"]["FUNCYARD_EMULATOR_KEY"] == "b3du"


def test_the_workspace_s_folder_is_the_mount_and_the_share_and_apart_from_the_source() -> None:
    services = loaded(DEVELOPMENT, WORKSPACE_FOLDER="/home/me/repository")["services"]
    assert "/home/me/repository:/workspace" in services["platform"]["volumes"]
    share = "/home/me/repository:/data/devstoreaccount1/workspaces"
    assert share in services["files"]["volumes"]
    plain, source = services["platform"], services["platform-from-source"]
    assert set(source["volumes"]) - set(plain["volumes"]) == {
        ".:/home/site/wwwroot:ro",
        "../src/funcyard:/opt/platform/funcyard:ro",
    }
    assert source["profiles"] == ["source"]  # not where there is no source
    assert plain["environment"].items() <= source["environment"].items()


def test_no_mount_is_onto_the_system_s_own_temporary_folder() -> None:
    for name, variables in ((DEVELOPMENT, {}), (PRODUCTION, GIVEN)):
        service = loaded(name, **variables)["services"]["platform"]
        targets = {mount.split(":")[1] for mount in service["volumes"]}
        assert targets == {"/workspace", "/mounts/tmp", "/var/lib/funcyard"}
        assert service["environment"]["FUNCYARD_WORKSPACE_PATH"] == "/workspace"
        assert service["environment"]["FUNCYARD_TEMPORARY_PATH"] == "/mounts/tmp"


def test_the_editor_s_mappings_are_where_image_and_compose_put_things() -> None:
    launch = json.loads((ROOT / ".vscode" / "launch.json").read_text(encoding="utf-8"))
    (attach,) = (one for one in launch["configurations"] if one["name"].endswith("(container)"))
    mapped = {
        one["remoteRoot"]: one["localRoot"].removeprefix("${workspaceFolder}/")
        for one in attach["pathMappings"]
    }
    volumes = loaded(DEVELOPMENT)["services"]["platform-from-source"]["volumes"]
    mounted = dict(reversed(volume.split(":")[:2]) for volume in volumes)
    for remote, local in mapped.items():
        assert (APP / mounted[remote]).resolve() == ROOT / local
    for remote in ("/home/site/wwwroot", "/opt/platform/funcyard"):
        assert f"COPY --from=sources {remote}/ {remote}/" in dockerfile()
    assert f":{attach['connect']['port']}:5678" in str(
        loaded(DEVELOPMENT)["services"]["platform"]["ports"]
    )


@pytest.mark.parametrize("missing", GIVEN)
def test_production_says_what_it_needs(missing: str) -> None:
    with pytest.raises(MissingVariableError):
        loaded(PRODUCTION, **{name: text for name, text in GIVEN.items() if name != missing})


def test_production_holds_no_secret_no_developer_and_no_debugger() -> None:
    text = (APP / PRODUCTION).read_text(encoding="utf-8")
    for word in ("AccountKey", "development", "5678", "DEBUG"):
        assert word not in text
    assert "build" not in loaded(PRODUCTION, **GIVEN)["services"]["platform"]
    assert "ARG ENABLE_DEBUGGING=false\n" in dockerfile()
