from __future__ import annotations

import pytest

from funcyard.twin.config.credentials import AzureCredentials
from funcyard.twin.config.resolving import UnresolvedCredentialsError, resolve

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

    assert (access.subscription_id, access.tenant_id, access.client_id) == (_ID, _ID, _ID)
    assert access.client_secret == "hush"  # noqa: S105 - made for this test
    assert "hush" not in repr(access)


def test_what_was_written_out_needs_no_environment() -> None:
    credentials = AzureCredentials(azure_subscription_id=_ID, azure_region="westeurope")

    access = resolve("azure", credentials, {})
    assert (access.subscription_id, access.tenant_id, access.client_secret) == (_ID, None, None)


def test_every_variable_that_is_missing_or_wrong_is_named_and_none_is_shown() -> None:
    with pytest.raises(UnresolvedCredentialsError) as caught:
        resolve("azure:plant", _WHOLE, {"SUBSCRIPTION": "my-subscription", "SECRET": ""})

    assert caught.value.message == (
        "azure:plant: SUBSCRIPTION is no UUID, CLIENT is not set, SECRET is not set"
    )
    assert caught.value.exit_code == 2
