"""What the platform's infrastructure makes works: roles, mounts, settings, the order of things."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.infrastructure_files import (
    ARM,
    BICEP,
    PARAMETERS,
    TEMPLATE,
    choose,
    deployed,
    member,
    settings,
)

from funcyard.preflight.infrastructure.resources import Resource as Deployed
from funcyard.workspace.app_settings import Settings

ACCOUNT = "Microsoft.Storage/storageAccounts"
VAULT = "Microsoft.KeyVault/vaults"
ROLES = {
    "Storage Blob Data Owner": (
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Microsoft.Storage/storageAccounts",
    ),
    "Storage Queue Data Contributor": (
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        "Microsoft.Storage/storageAccounts",
    ),
    "Storage Table Data Contributor": (
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        "Microsoft.Storage/storageAccounts",
    ),
    "Key Vault Secrets Officer": (
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "Microsoft.KeyVault/vaults",
    ),
}
"""What the app's identity may do, by Azure's names and ids of the roles, and with what."""


def test_callers_with_tokens_reach_the_app_itself(tmp_path: Path) -> None:
    choose(tmp_path, entraClientId="11111111-1111-1111-1111-111111111111")

    for files in ([*BICEP, PARAMETERS[0]], [ARM, PARAMETERS[0]]):
        made = deployed(files, tmp_path)
        assert len(made) == 17
        assert not any("linkedBackends" in key for key in made)
        told = settings(made)
        assert told["FUNCYARD_AUTH"].data == "entra"
        assert told["FUNCYARD_ENTRA_AUDIENCE"].data == "11111111-1111-1111-1111-111111111111"
        reached = told["FUNCYARD_PUBLIC_URL"].text
        assert reached.startswith("https://funcyarddev-api-")
        assert reached.endswith(".azurewebsites.net")


@pytest.mark.parametrize("files", [BICEP, [ARM]], ids=["bicep", "arm"])
def test_the_app_may_do_what_it_does_and_nothing_else(files: list[str]) -> None:
    made = deployed([*files, PARAMETERS[1]])
    given = {}
    for key, assignment in made.items():
        if key.startswith("Microsoft.Authorization/"):
            role = member(assignment.body, "properties", "roleDefinitionId").text
            scope = member(assignment.body, "scope")
            on = member(scope, "name").text if scope.known else scope.text[1:-1].partition(":")[2]
            given[role.rpartition(",")[2].rstrip(")}")] = on

    names = dict(key.split(": ") for key in made)
    assert given == {role: names[kind] for role, kind in ROLES.values()}


def test_nothing_is_asked_before_it_is_there() -> None:
    waits = {place(one): set(one.get("dependsOn", ())) for one in TEMPLATE["resources"]}
    for resource in TEMPLATE["resources"]:
        told = {key: value for key, value in resource.items() if key != "dependsOn"}
        named = set(re.findall(r"resourceId\((?:[^()]|\([^()]*\))*\)", json.dumps(told)))
        awaited: set[str] = set()
        todo = set(waits[place(resource)])
        while todo:
            one = todo.pop()
            awaited.add(one)
            todo |= waits.get(one, set()) - awaited
        assert {f"[{one}]" for one in named} <= awaited, resource["name"]


def test_the_mounts_are_shares_that_are_made() -> None:
    made = deployed([ARM, PARAMETERS[1]])
    shares = {key.rpartition("/")[2] for key in made if key.partition(":")[0].endswith("/shares")}
    [mounts] = [one for key, one in made.items() if "azurestorageaccounts" in key]
    told = member(mounts.body, "properties").data
    assert isinstance(told, dict)
    assert {member(mount, "shareName").data for mount in told.values()} == shares
    paths = {str(member(mount, "mountPath").data) for mount in told.values()}
    assert paths == {"/workspace", "/mounts/tmp"}
    told_to_the_app = settings(made)
    assert {
        told_to_the_app[f"FUNCYARD_{name}_PATH"].data for name in ("WORKSPACE", "TEMPORARY")
    } == (paths)


@pytest.mark.parametrize("files", [BICEP, [ARM]], ids=["bicep", "arm"])
def test_workflows_get_the_workers_that_the_parameters_say_and_else_the_app_s_own_defaults(
    files: list[str], tmp_path: Path
) -> None:
    choose(tmp_path, workers=3, organizationWorkers=1, workerMemoryMB=700)

    assert workers(deployed([*files, PARAMETERS[0]], tmp_path)) == (3, 1, 700 << 20)
    assert workers(deployed([*files, PARAMETERS[1]])) == workers({})


def workers(made: dict[str, Deployed]) -> tuple[int, int, int]:
    """How many workers an app runs, in all and for one organisation, and the memory of each."""
    told = settings(made) if made else {}
    ours = re.compile("FUNCYARD_.*WORKER")
    given = {name: str(value.data) for name, value in told.items() if ours.match(name)}
    assert not made or len(given) == 3
    read = Settings.of(given)
    return read.workers, read.organization_workers, read.worker_memory


def test_every_plan_takes_containers() -> None:
    assert {sku[0] for sku in TEMPLATE["parameters"]["planSku"]["allowedValues"]} == {"B", "P"}


def place(resource: dict[str, Any]) -> str:
    """A resource's id, as the template writes it."""
    name = resource["name"].strip("[]")
    if not name.startswith("format("):
        return f"[resourceId('{resource['type']}', {name})]"
    pattern, _, first = name.removeprefix("format(").removesuffix(")").partition(", ")
    rest = "".join(f", '{part}'" for part in pattern.strip("'").split("/")[1:])
    return f"[resourceId('{resource['type']}', {first}{rest})]"
