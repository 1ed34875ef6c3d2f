"""Addresses of services: who gets a token for them."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import pytest
from azure.core.credentials import AccessToken

from funcyard.azure.cloud import PUBLIC, local
from funcyard.azure.data_plane import DataPlane, Service
from funcyard.azure.errors import AzureFailedError
from funcyard.azure.principal import principal_of

_SERVICE = Service("https://digitaltwins.azure.net", ".digitaltwins.azure.net")


class _Bearer:
    """Whoever bears a token."""

    def __init__(self, token: str = "none") -> None:  # noqa: S107 - no secret
        self._token = token

    async def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(self._token, 2**31)

    async def close(self) -> None:
        """Nothing to let go of."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


@pytest.mark.parametrize(
    "host",
    [
        "graph.example.com",
        "digitaltwins.azure.net.example.com",
        "127.0.0.1:4443",
        "example.com/x.digitaltwins.azure.net",
        "example.com@graph.digitaltwins.azure.net",
        "",
    ],
)
def test_a_token_goes_to_hosts_of_the_service_alone(host: str) -> None:
    with pytest.raises(AzureFailedError, match="nobody gets a token"):
        DataPlane(_Bearer(), PUBLIC, _SERVICE, host)


def test_a_token_of_the_local_azure_stays_on_this_machine(tmp_path: Path) -> None:
    cloud = local("https://localhost:10010", tmp_path / "ca.pem")
    with pytest.raises(AzureFailedError, match="nobody gets a token"):
        DataPlane(_Bearer(), cloud, _SERVICE, "graph.api.weu.digitaltwins.azure.net")


async def test_a_token_that_does_not_tell_whose_it_is_is_refused() -> None:
    with pytest.raises(AzureFailedError, match="does not tell whose it is"):
        await principal_of(_Bearer("nothing"), PUBLIC)
