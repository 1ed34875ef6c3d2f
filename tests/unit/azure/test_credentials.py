"""Who Funcyard is towards Azure."""

from __future__ import annotations

from pathlib import Path

import pytest
from azure.identity.aio import (
    AzureCliCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from funcyard.azure.cloud import PUBLIC, local
from funcyard.azure.credentials import (
    AzureCli,
    ClientSecret,
    Identity,
    IdentityError,
    ManagedIdentity,
    WorkloadIdentity,
    credential,
    identity_of,
)

_WHOSE = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, AzureCli()),
        ({"AZURE_TENANT_ID": "t"}, AzureCli("t")),
        ({**_WHOSE, "AZURE_CLIENT_SECRET": "s"}, ClientSecret("t", "c", "s")),
        ({**_WHOSE, "AZURE_FEDERATED_TOKEN_FILE": "f"}, WorkloadIdentity("t", "c", "f")),
        ({"IDENTITY_ENDPOINT": "http://x"}, ManagedIdentity()),
        ({**_WHOSE, "MSI_ENDPOINT": "http://x"}, ManagedIdentity("c")),
        (
            {**_WHOSE, "AZURE_CLIENT_SECRET": "s", "IDENTITY_ENDPOINT": "http://x"},
            ClientSecret("t", "c", "s"),
        ),
    ],
)
def test_settings_say_who(settings: dict[str, str], expected: Identity) -> None:
    assert identity_of(settings) == expected


@pytest.mark.parametrize("proof", ["AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"])
def test_a_proof_of_nobody_is_refused_and_not_shown(proof: str) -> None:
    with pytest.raises(IdentityError) as refused:
        identity_of({proof: "hidden", "AZURE_TENANT_ID": "t"})
    assert "hidden" not in str(refused.value)


def test_a_tenant_that_can_be_none_is_refused() -> None:
    with pytest.raises(IdentityError, match="nobody can sign in so"):
        credential(ClientSecret("no tenant!", "c", "s"), PUBLIC)


def test_a_secret_is_not_shown() -> None:
    assert "hidden" not in repr(ClientSecret("t", "c", "hidden"))


async def test_each_identity_has_its_credential() -> None:
    for identity, kind in (
        (ManagedIdentity("c"), ManagedIdentityCredential),
        (WorkloadIdentity("t", "c", "f"), WorkloadIdentityCredential),
        (ClientSecret("t", "c", "s"), ClientSecretCredential),
        (AzureCli("t"), AzureCliCredential),
    ):
        made = credential(identity, PUBLIC)
        async with made:
            assert isinstance(made, kind)


@pytest.mark.parametrize(
    "identity", [AzureCli(), ManagedIdentity(), WorkloadIdentity("t", "c", "f")]
)
def test_this_machine_s_sign_in_knows_an_application_only(identity: Identity) -> None:
    with pytest.raises(IdentityError):
        credential(identity, local("https://localhost:1", Path("ca.pem")))
