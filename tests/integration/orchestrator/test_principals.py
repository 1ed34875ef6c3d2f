"""Service principals of a run: made once, able to sign in, taken away with all that is theirs."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential
from tests.integration.orchestrator.driving import days_later
from tests.local_azure import MANAGER, LocalAzure

from funcyard.azure.secrets.store import SecretNotFoundError, SecretRef
from funcyard.orchestrator import principals, remaining, roles
from funcyard.orchestrator.activities import Activities
from funcyard.orchestrator.clients import Clients, opened
from funcyard.orchestrator.settings import read_settings

_SCENARIO = "ai-ml-01-vision"


@pytest.fixture
async def clients(settings: dict[str, str]) -> AsyncIterator[Clients]:
    async with opened(read_settings(settings)) as found:
        yield found


def _signs_in(azure: LocalAzure, client: str, secret: str) -> bool:
    signing = ClientSecretCredential(
        azure.settings["AZURE_TENANT_ID"],
        client,
        secret,
        authority=azure.url,
        disable_instance_discovery=True,
        connection_verify=azure.ca,
    )
    try:
        return bool(signing.get_token(f"{MANAGER}/.default").token)
    except ClientAuthenticationError:
        return False


async def test_a_scenario_s_service_principal_signs_in_by_the_secret_of_the_vault_and_has_its_role(
    azure: LocalAzure, clients: Clients, run_id: str
) -> None:
    told = await principals.create(clients, run_id, _SCENARIO)

    details = told["sp_details"]
    secret = await clients.secrets.get(SecretRef("vault", details["secret_name"]))
    found = await roles.assigned(clients.manager, clients.settings, details["principal_id"])
    assert told["status"] == "success"
    assert details["sp_name"] == f"AzureHayMaker-{run_id}-{_SCENARIO}"
    assert secret not in str(told)
    assert await asyncio.to_thread(_signs_in, azure, details["client_id"], secret)
    assert [one.lower() for one in found] == [details["role_assignment"].lower()]


async def test_run_again_it_makes_nothing_twice(clients: Clients, run_id: str) -> None:
    first = await principals.create(clients, run_id, _SCENARIO)
    secret = SecretRef("vault", first["sp_details"]["secret_name"])
    before = await clients.secrets.get(secret)

    again = await principals.create(clients, run_id, _SCENARIO)

    (application,) = await principals.of_run(clients, run_id)
    assert again == first
    assert len(application["passwordCredentials"]) == 1
    assert await clients.secrets.get(secret) == before


async def test_a_password_that_was_made_and_not_kept_is_replaced(
    azure: LocalAzure, clients: Clients, run_id: str
) -> None:
    made = await principals.create(clients, run_id, _SCENARIO)
    details = made["sp_details"]
    secret = SecretRef("vault", details["secret_name"])
    lost = await clients.secrets.get(secret)
    await clients.secrets.delete(secret)

    again = await principals.create(clients, run_id, _SCENARIO)

    (application,) = await principals.of_run(clients, run_id)
    kept = await clients.secrets.get(secret)
    assert again["status"] == "success"
    assert len(application["passwordCredentials"]) == 1
    assert kept != lost
    assert await asyncio.to_thread(_signs_in, azure, details["client_id"], kept)
    assert not await asyncio.to_thread(_signs_in, azure, details["client_id"], lost)


async def test_two_runs_that_overlap_have_service_principals_of_their_own(
    clients: Clients, run_id: str
) -> None:
    other = str(uuid.uuid4())

    first = await principals.create(clients, run_id, _SCENARIO)
    second = await principals.create(clients, other, _SCENARIO)
    for one in await principals.of_run(clients, run_id):
        await principals.remove(clients, one)

    assert first["sp_details"]["client_id"] != second["sp_details"]["client_id"]
    assert await principals.of_run(clients, run_id) == []
    assert len(await principals.of_run(clients, other)) == 1


async def test_removed_are_its_roles_itself_and_its_secret(clients: Clients, run_id: str) -> None:
    details = (await principals.create(clients, run_id, _SCENARIO))["sp_details"]
    (application,) = await principals.of_run(clients, run_id)

    await principals.remove(clients, application)
    await principals.remove(clients, application)

    assert await principals.of_run(clients, run_id) == []
    assert await clients.manager.get(details["role_assignment"], roles.VERSION) is None
    with pytest.raises(SecretNotFoundError):
        await clients.secrets.get(SecretRef("vault", details["secret_name"]))


async def test_a_role_that_may_not_be_given_is_told_and_what_was_made_is_found(
    settings: dict[str, str], clients: Clients, run_id: str
) -> None:
    elsewhere = {**settings, "AGENT_ROLE_ID": "00000000-0000-0000-0000-000000000009"}

    told = await Activities(elsewhere).create_service_principal(
        {"run_id": run_id, "scenario": {"scenario_name": _SCENARIO}}
    )

    left = await remaining.read(clients, run_id, [])
    assert told["status"] == "failed"
    assert "RoleDefinitionDoesNotExist" in told["error"]["message"]
    assert [one["displayName"] for one in left.applications] == [
        f"AzureHayMaker-{run_id}-{_SCENARIO}"
    ]


async def test_cleanup_of_a_run_takes_away_what_runs_of_days_ago_left_and_no_others(
    settings: dict[str, str], run_id: str
) -> None:
    old, strange = str(uuid.uuid4()), "AzureHayMaker-of-somebody"
    activities = Activities(settings, clock=days_later(3))
    await Activities(settings).create_service_principal({"run_id": old, "scenario": _SCENARIO})
    async with opened(read_settings(settings)) as now:
        await now.graph.ensure_application(strange, {"displayName": strange})

    given = {"run_id": run_id, "scenarios": [], "sp_details": []}
    today = await Activities(settings).force_cleanup(given)
    later = await activities.force_cleanup(given)

    async with opened(read_settings(settings)) as now:
        left = await principals.of_run(now, old)
        others = await now.graph.applications(strange)
    names = {one["name"]: one["error"] for one in later["sp_deleted_of_other_runs"]}
    assert today["sp_deleted_of_other_runs"] == []
    assert names[f"AzureHayMaker-{old}-{_SCENARIO}"] is None
    assert strange not in names
    assert (left, len(others)) == ([], 1)
