"""What a tag means, asked of registries of a local Azure as whoever is signed in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import local_azure
from tests.integration.emulator.registries import LocalRegistry, registry
from tests.integration.emulator.twins import group

from funcyard.azure.cloud import PUBLIC, cloud_of
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.registries import is_azures, manifest_of
from funcyard.emulator.registries.client import RegistryClient
from funcyard.emulator.registries.packing import Packing
from funcyard.emulator.registries.pushing import push
from funcyard.emulator.registries.references import Reference as Pushed
from funcyard.oci.distribution import Manifest
from funcyard.oci.reference import Reference


@dataclass(frozen=True)
class Here:
    """A registry that lets nobody pull who has no role.

    Attributes:
        registry: It.
        digest: Of the image ``team/api:v1`` in it.
    """

    registry: LocalRegistry
    digest: str

    def ask(self, name: str, tag: str = "", digest: str = "", patience: float = 20.0) -> Manifest:
        """Ask what an image of the registry is."""
        settings = self.registry.azure.settings
        cloud = cloud_of(settings)

        async def asked() -> Manifest:
            reference = Reference(f"{self.registry.server}/{name}", tag, digest)
            async with credential(identity_of(settings), cloud) as token:
                return await manifest_of(reference, token, cloud, patience=patience)

        return asyncio.run(asked())


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    folder = tmp_path_factory.mktemp("registries")
    azure = local_azure.start(folder / "kept", "--scale", "200")
    group(azure, "images")
    made = registry(azure, "images", "closed")
    files = folder / "api"
    files.mkdir()
    (files / "main.py").write_text("print('here')\n")

    async def pushed() -> str:
        user, password = made.user, made.passwords[0]
        trusted = Path(azure.ca)
        async with RegistryClient(made.server, trusted, username=user, password=password) as client:
            where = Pushed(made.server, "team/api", "v1")
            return await push(client, files, where, Packing(("python", "main.py")))

    yield Here(made, asyncio.run(pushed()))
    azure.end()


def test_a_tag_is_told_to_who_has_a_role(here: Here) -> None:
    assert here.ask("team/api", "v1") == Manifest(here.digest)
    assert here.ask("team/api", digest=here.digest) == Manifest(here.digest)


def test_what_is_not_there_is_told_as_that(here: Here) -> None:
    for name, tag in (("team/api", "v2"), ("team/other", "v1")):
        told = here.ask(name, tag)
        assert told.is_missing, told
        assert told.failure == f"{here.registry.server} has no such image"


def test_who_cannot_sign_in_is_told_so_without_the_secret(here: Here) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(here.registry.azure.settings, "AZURE_CLIENT_SECRET", "wr0ng")
        told = here.ask("team/api", "v1")

    assert (told.digest, told.is_missing) == ("", False)
    assert told.failure.startswith(f"{here.registry.server} cannot be asked")
    assert "wr0ng" not in told.failure


def test_a_registry_that_is_not_there_or_says_nothing_is_told(here: Here) -> None:
    settings = here.registry.azure.settings
    cloud = cloud_of(settings)

    async def asked(name: str, patience: float) -> Manifest:
        async with credential(identity_of(settings), cloud) as token:
            return await manifest_of(Reference(name, "v1"), token, cloud, patience=patience)

    with socket.socket() as gone, socket.socket() as silent:
        gone.bind(("127.0.0.1", 0))
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        closed, mute = (f"127.0.0.1:{one.getsockname()[1]}" for one in (gone, silent))
        refused = asyncio.run(asked(f"{closed}/api", 20.0))
        late = asyncio.run(asked(f"{mute}/api", 0.2))

    assert refused.failure.startswith(f"{closed} cannot be asked: ")
    assert late.failure == f"{mute} did not answer within 0.2 seconds"


@pytest.mark.parametrize(
    ("host", "is_public", "is_local"),
    [
        ("team.azurecr.io", True, False),
        ("team.azurecr.io.example", False, False),
        ("ghcr.io", False, False),
        ("127.0.0.1:40001", False, True),
        ("localhost:40001", False, True),
    ],
)
def test_a_token_of_azure_s_goes_to_registries_of_its_cloud_alone(
    here: Here, host: str, *, is_public: bool, is_local: bool
) -> None:
    assert is_azures(host, PUBLIC) == is_public
    assert is_azures(host, cloud_of(here.registry.azure.settings)) == is_local
