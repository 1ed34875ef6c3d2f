from __future__ import annotations

import pytest

from funcyard.twin.config.credentials import AzureCredentials
from funcyard.twin.config.resolving import (
    AzureAccess,
    UnresolvedCredentialsError,
    resolve,
    resolve_identity,
)

_ID = "00000000-0000-0000-0000-00000000000a"
_WHOLE = AzureCredentials(
    azure_subscription_id="env:SUBSCRIPTION",
    azure_region="westeurope",
    azure_tenant_id=_ID,
    azure_client_id="env:CLIENT",
    azure_client_secret="env:SECRET",  # noqa: S106 - a reference
)


def test_references_are_what_the_environment_says() -> None:
    access = resolve("azure", _WHOLE, {"SUBSCRIPTION": _ID, "CLIENT": _ID, "SECRET": "hush"})

    identity = access.identity
    assert (access.subscription_id, identity.tenant_id, identity.client_id) == (_ID, _ID, _ID)
    assert identity.client_secret == "hush"  # noqa: S105 - made for this test
    assert "hush" not in repr(access)


def test_what_was_written_out_needs_no_environment() -> None:
    credentials = AzureCredentials(azure_subscription_id=_ID, azure_region="westeurope")

    access = resolve("azure", credentials, {})
    assert access == AzureAccess(_ID)
    assert access.identity.client_secret is None


def test_every_variable_that_is_missing_or_wrong_is_named_and_none_is_shown() -> None:
    with pytest.raises(UnresolvedCredentialsError) as caught:
        resolve("azure:plant", _WHOLE, {"SUBSCRIPTION": "my-subscription", "SECRET": ""})

    assert caught.value.message == (
        "azure:plant: SUBSCRIPTION is no UUID, for azure_subscription_id;"
        " CLIENT is not set, for azure_client_id; SECRET is not set, for azure_client_secret"
    )
    assert caught.value.exit_code == 2


def test_who_it_is_needs_no_variable_of_the_subscription() -> None:
    assert resolve_identity("azure", _WHOLE, {"CLIENT": _ID, "SECRET": "hush"}).client_id == _ID

    with pytest.raises(UnresolvedCredentialsError) as caught:
        resolve_identity("azure", _WHOLE, {"CLIENT": _ID})
    assert caught.value.message == "azure: SECRET is not set, for azure_client_secret"
