"""Who gets a token for what deploys to a site."""

from __future__ import annotations

from pathlib import Path

import pytest
from azure.identity.aio import ClientSecretCredential

from funcyard.azure.cloud import PUBLIC, Cloud, local
from funcyard.azure.errors import AzureFailedError
from funcyard.azure.kudu import kudu_at

_LOCAL = local("https://localhost:10010", Path("ca.pem"))


@pytest.mark.parametrize(
    ("cloud", "host"),
    [
        (PUBLIC, "site.scm.azurewebsites.net.example.com"),
        (PUBLIC, "example.com/.azurewebsites.net"),
        (PUBLIC, "example.com#.azurewebsites.net"),
        (PUBLIC, "someone@site.scm.azurewebsites.net"),
        (PUBLIC, "127.0.0.1:8080"),
        (PUBLIC, ""),
        (_LOCAL, "site.scm.azurewebsites.net"),
        (_LOCAL, "127.0.0.1@example.com"),
    ],
)
async def test_the_token_goes_to_no_host_that_is_no_kudu_of_that_cloud(
    cloud: Cloud, host: str
) -> None:
    async with ClientSecretCredential("tenant", "client", "secret") as credential:
        with pytest.raises(AzureFailedError, match="it cannot be that"):
            async with kudu_at(host, credential, cloud):
                pass


@pytest.mark.parametrize(
    ("cloud", "host"),
    [
        (PUBLIC, "site.scm.azurewebsites.net"),
        (PUBLIC, "site-abc.scm.westeurope-01.azurewebsites.net:443"),
        (_LOCAL, "127.0.0.1:45001"),
    ],
)
async def test_the_kudu_that_resource_manager_names_is_reached(cloud: Cloud, host: str) -> None:
    async with (
        ClientSecretCredential("tenant", "client", "secret") as credential,
        kudu_at(host, credential, cloud) as kudu,
    ):
        assert kudu is not None
