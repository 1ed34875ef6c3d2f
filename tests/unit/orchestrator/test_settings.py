"""Settings of the orchestrator: typed, every fault at once, no secret shown."""

from __future__ import annotations

import pytest

from funcyard.azure.cloud import PUBLIC
from funcyard.azure.credentials import ClientSecret, ManagedIdentity
from funcyard.orchestrator.setting_reader import OrchestratorSettingsError
from funcyard.orchestrator.settings import read_settings

_SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
_ABOVE = f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/haymaker/providers"
_IDENTITY = f"{_ABOVE}/Microsoft.ManagedIdentity/userAssignedIdentities/agents"
_GIVEN = {
    "AZURE_SUBSCRIPTION_ID": _SUBSCRIPTION,
    "AZURE_TENANT_ID": "11111111-0000-4000-8000-000000000002",
    "AZURE_CLIENT_ID": "22222222-0000-4000-8000-000000000003",
    "IDENTITY_ENDPOINT": "http://localhost:42356/msi/token",
    "RESOURCE_GROUP_NAME": "haymaker",
    "CONTAINER_APPS_ENVIRONMENT": "haymaker-cae",
    "CONTAINER_REGISTRY": "haymaker.azurecr.io",
    "CONTAINER_IMAGE": "agent:1.2",
    "KEY_VAULT_URL": "https://haymaker.vault.azure.net/",
    "STORAGE_ACCOUNT_NAME": "haymakerreports",
}


def _faults(**changed: str) -> list[str]:
    with pytest.raises(OrchestratorSettingsError) as told:
        read_settings({**_GIVEN, **changed})
    return str(told.value).splitlines()


def test_what_is_not_set_has_the_values_of_the_page() -> None:
    found = read_settings(_GIVEN)

    assert found.cloud == PUBLIC
    assert found.identity == ManagedIdentity(_GIVEN["AZURE_CLIENT_ID"])
    assert found.environment == f"{_ABOVE}/Microsoft.App/managedEnvironments/haymaker-cae"
    assert found.image == "haymaker.azurecr.io/agent:1.2"
    assert found.vault == "https://haymaker.vault.azure.net"
    assert found.agent_scope == f"/subscriptions/{_SUBSCRIPTION}"
    assert (found.profile, found.size, found.prefix) == ("Consumption", "small", "AzureHayMaker")
    assert (found.hours, found.minutes) == (8, 15)
    assert (found.agent_cpu, found.agent_memory, found.agent_secrets) == (2, 4, {})


def test_each_setting_is_read() -> None:
    digest = f"sha256:{'a' * 64}"
    found = read_settings(
        {
            **_GIVEN,
            "AZURE_CLIENT_SECRET": "s3cret",
            "CONTAINER_APPS_ENVIRONMENT": f"{_ABOVE}/Microsoft.App/managedEnvironments/other",
            "WORKLOAD_PROFILE_NAME": "E16",
            "CONTAINER_IMAGE": f"haymaker.azurecr.io/agent@{digest}",
            "CONTAINER_REGISTRY_IDENTITY": _IDENTITY,
            "AGENT_IDENTITY": _IDENTITY,
            "AGENT_SECRETS": "ANTHROPIC_API_KEY=anthropic-api-key, OTHER=other",
            "AGENT_CPU": "16",
            "AGENT_MEMORY_GIB": "64",
            "AGENT_SCOPE": f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/agents",
            "SIMULATION_SIZE": "large",
            "RUN_HOURS": "10",
            "NAME_PREFIX": "Hay",
        }
    )

    assert found.identity == ClientSecret(
        _GIVEN["AZURE_TENANT_ID"], _GIVEN["AZURE_CLIENT_ID"], "s3cret"
    )
    assert found.environment.endswith("/other")
    assert found.image == f"haymaker.azurecr.io/agent@{digest}"
    assert found.agent_secrets == {"ANTHROPIC_API_KEY": "anthropic-api-key", "OTHER": "other"}
    assert (found.agent_cpu, found.agent_memory, found.profile) == (16, 64, "E16")
    assert (found.size, found.hours, found.prefix) == ("large", 10, "Hay")


def test_every_fault_is_told_at_once_and_none_that_only_follows_from_another() -> None:
    with pytest.raises(OrchestratorSettingsError) as told:
        read_settings({})

    assert str(told.value).splitlines() == [
        "AZURE_SUBSCRIPTION_ID is not set",
        "RESOURCE_GROUP_NAME is not set",
        "AZURE_TENANT_ID is not set",
        "CONTAINER_APPS_ENVIRONMENT is not set",
        "CONTAINER_IMAGE is not set",
        "KEY_VAULT_URL is not set",
        "exactly one of STORAGE_ACCOUNT_NAME and REPORT_STORAGE has to be set",
    ]
    assert told.value.exit_code == 2
    assert told.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AZURE_SUBSCRIPTION_ID", "mine"),
        ("CONTAINER_APPS_ENVIRONMENT", "/subscriptions/x"),
        ("CONTAINER_REGISTRY", "https://haymaker.azurecr.io"),
        ("CONTAINER_IMAGE", "agent"),
        ("CONTAINER_REGISTRY_IDENTITY", "system"),
        ("AGENT_SECRETS", "ANTHROPIC_API_KEY"),
        ("AGENT_SECRETS", "KEY=with space"),
        ("AGENT_CPU", "0"),
        ("AGENT_CPU", "nan"),
        ("AGENT_MEMORY_GIB", "much"),
        ("AGENT_ROLE_ID", "Contributor"),
        ("AGENT_SCOPE", "/"),
        ("KEY_VAULT_URL", "http://vault"),
        ("SIMULATION_SIZE", "huge"),
        ("RUN_HOURS", "25"),
        ("NAME_PREFIX", "Azure-HayMaker"),
        ("WORKLOAD_PROFILE_NAME", "E 16"),
        ("AZURE_AUTHORITY_HOST", "http://here"),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_name(name: str, value: str) -> None:
    (told,) = _faults(**{name: value})

    assert told.startswith(name)


def test_settings_that_belong_together_or_exclude_each_other() -> None:
    assert _faults(REPORT_STORAGE="UseDevelopmentStorage=true") == [
        "exactly one of STORAGE_ACCOUNT_NAME and REPORT_STORAGE has to be set"
    ]
    assert _faults(CONTAINER_REGISTRY_USERNAME="agent") == [
        "CONTAINER_REGISTRY_USERNAME and CONTAINER_REGISTRY_PASSWORD belong together"
    ]
    assert _faults(CONTAINER_REGISTRY_IDENTITY=_IDENTITY, CONTAINER_REGISTRY="") == [
        "CONTAINER_REGISTRY_IDENTITY needs CONTAINER_REGISTRY"
    ]
    assert _faults(
        CONTAINER_REGISTRY_IDENTITY=_IDENTITY,
        CONTAINER_REGISTRY_USERNAME="agent",
        CONTAINER_REGISTRY_PASSWORD="p",  # noqa: S106 - none of anybody's
    ) == [
        "at most one of CONTAINER_REGISTRY_IDENTITY and CONTAINER_REGISTRY_USERNAME has to be set"
    ]


def test_no_secret_is_shown_and_none_is_in_a_fault() -> None:
    storage = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=e"
    given = {
        **_GIVEN,
        "STORAGE_ACCOUNT_NAME": "",
        "REPORT_STORAGE": storage,
        "AZURE_CLIENT_SECRET": "s3cret",
        "CONTAINER_REGISTRY_USERNAME": "agent",
        "CONTAINER_REGISTRY_PASSWORD": "passw0rd",
    }
    found = read_settings(given)
    told = f"{found!r} {found.shown()}"
    (fault,) = _faults(STORAGE_ACCOUNT_NAME="", REPORT_STORAGE="AccountKey=c2VjcmV0")

    assert not any(secret in told for secret in ("s3cret", "passw0rd", "c2VjcmV0"))
    assert found.shown()["registry_password"] == "…"  # noqa: S105 - what is shown instead
    assert "c2VjcmV0" not in fault
