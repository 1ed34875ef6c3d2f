"""Secrets in a vault that refuses, is not reached, or holds a deleted secret of the name."""

from __future__ import annotations

import asyncio
import socket
import ssl
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from tests.local_vault import LocalVault

from funcyard.azure.cloud import Cloud, cloud_of
from funcyard.azure.credentials import ClientSecret, credential, identity_of
from funcyard.azure.errors import AzureAuthenticationError, AzureUnreachableError
from funcyard.azure.retries import RETRIES
from funcyard.azure.secrets.store import SecretNotFoundError, SecretRef
from funcyard.azure.secrets.vault import VaultSecrets


@pytest.fixture
def name() -> str:
    """A name of the test's own."""
    return f"github-{uuid.uuid4().hex[:12]}"


@pytest.fixture
async def store(vault: LocalVault) -> AsyncIterator[VaultSecrets]:
    cloud = cloud_of(vault.settings)
    signed_in = credential(identity_of(vault.settings), cloud)
    async with signed_in, VaultSecrets("local", signed_in, cloud) as opened:
        yield opened


async def test_the_versions_before_a_deletion_are_kept(
    vault: LocalVault, store: VaultSecrets, name: str
) -> None:
    ref = await store.set(name, "one")
    await store.delete(ref)
    await store.set(name, "two")
    _, versions = vault.call("GET", f"/secrets/{name}/versions")
    assert len(versions["value"]) == 2


async def test_a_disabled_secret_is_not_there(
    vault: LocalVault, store: VaultSecrets, name: str
) -> None:
    ref = await store.set(name, "one")
    vault.call("PATCH", f"/secrets/{name}", {"attributes": {"enabled": False}})
    with pytest.raises(SecretNotFoundError):
        await store.get(ref)


async def test_who_may_not_is_told_so(vault: LocalVault, name: str) -> None:
    cloud = cloud_of(vault.settings)
    known = identity_of(vault.settings)
    assert isinstance(known, ClientSecret)
    stranger = credential(replace(known, secret=known.client_id), cloud)
    async with stranger, VaultSecrets("local", stranger, cloud) as store:
        for doing in (store.get(SecretRef("vault", name)), store.set(name, "x"), store.check()):
            with pytest.raises(AzureAuthenticationError) as refused:
                await doing
            assert known.secret not in str(refused.value)
            assert refused.value.exit_code == 3


async def _unreachable(vault: LocalVault, cloud: Cloud, address: str) -> None:
    signed_in = credential(identity_of(vault.settings), cloud)
    async with signed_in, VaultSecrets(address, signed_in, cloud) as store:
        with pytest.raises(AzureUnreachableError) as fault:
            await store.check()
    assert fault.value.exit_code == 4


async def test_a_vault_that_is_not_there_is_told_apart(vault: LocalVault) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"https://localhost:{probe.getsockname()[1]}"
    await _unreachable(vault, cloud_of(vault.settings), address)


async def test_a_vault_with_another_s_certificate_is_not_spoken_to(
    vault: LocalVault, tmp_path: Path
) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    ssl.create_default_context(cafile=tmp_path / "other.pem")
    cloud = replace(cloud_of(vault.settings), ca_file=tmp_path / "other.pem")
    await _unreachable(vault, cloud, vault.url)


async def test_a_sign_in_that_breaks_off_is_tried_no_more_often_than_a_vault(
    vault: LocalVault,
) -> None:
    tries = 0

    def tear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        del reader
        tries += 1
        writer.close()

    async with await asyncio.start_server(tear, "127.0.0.1", 0) as torn:
        port = torn.sockets[0].getsockname()[1]
        cloud = replace(cloud_of(vault.settings), authority=f"https://127.0.0.1:{port}")
        await _unreachable(vault, cloud, vault.url)
    assert 0 < tries <= RETRIES + 1
