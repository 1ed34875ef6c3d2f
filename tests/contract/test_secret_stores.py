"""What every store of secrets does: Key Vault, over HTTPS, and the encrypted file."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.local_vault import LocalVault

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.secrets.local import LocalSecrets
from funcyard.azure.secrets.store import (
    SecretElsewhereError,
    SecretNameError,
    SecretNotFoundError,
    SecretRef,
    SecretStore,
    SecretValueError,
)
from funcyard.azure.secrets.vault import VaultSecrets


@pytest.fixture(params=["vault", "local"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def store(kind: str, vault: LocalVault, tmp_path: Path) -> AsyncIterator[SecretStore]:
    if kind == "local":
        async with LocalSecrets(tmp_path / "secrets") as local:
            yield local
        return
    cloud = cloud_of(vault.settings)
    signed_in = credential(identity_of(vault.settings), cloud)
    async with signed_in, VaultSecrets(vault.url, signed_in, cloud) as remote:
        yield remote


@pytest.fixture
def name() -> str:
    """A name of the test's own."""
    return f"github-{uuid.uuid4().hex[:12]}"


async def test_a_secret_is_what_was_set_last(store: SecretStore, kind: str, name: str) -> None:
    ref = await store.set(name, "one")
    assert str(ref) == f"{kind}:{name}"
    assert await store.get(SecretRef.parse(str(ref))) == "one"
    await store.set(name, "two\n\N{SNOWMAN}")
    assert await store.get(ref) == "two\n\N{SNOWMAN}"


async def test_case_of_a_name_means_nothing(store: SecretStore, kind: str, name: str) -> None:
    await store.set(name.upper(), "one")
    assert await store.get(SecretRef(kind, name)) == "one"
    await store.set(name, "two")
    assert await store.get(SecretRef(kind, name.title())) == "two"


async def test_a_deleted_secret_is_gone_and_its_name_free(store: SecretStore, name: str) -> None:
    ref = await store.set(name, "one")
    await store.delete(ref)
    with pytest.raises(SecretNotFoundError):
        await store.get(ref)
    await store.delete(ref)
    await store.set(name, "two")
    assert await store.get(ref) == "two"


async def test_what_was_never_set_is_not_there(store: SecretStore, kind: str, name: str) -> None:
    with pytest.raises(SecretNotFoundError) as absent:
        await store.get(SecretRef(kind, name))
    assert name in absent.value.message
    await store.delete(SecretRef(kind, name))


async def test_the_largest_value_fits_and_a_larger_one_is_refused(
    store: SecretStore, name: str
) -> None:
    ref = await store.set(name, "x" * 25 * 1024)
    assert len(await store.get(ref)) == 25 * 1024
    for value in ("x" * (25 * 1024 + 1), "", "\ud800"):
        with pytest.raises(SecretValueError) as refused:
            await store.set(name, value)
        assert not value or value not in str(refused.value)


@pytest.mark.parametrize("wrong", ["", "a_b", "a/b", "../a", "a" * 128, "ä", "a\n"])
async def test_names_that_no_vault_takes_are_refused(store: SecretStore, wrong: str) -> None:
    with pytest.raises(SecretNameError):
        await store.set(wrong, "x")


async def test_a_reference_to_the_other_store_is_refused(
    store: SecretStore, kind: str, name: str
) -> None:
    other = SecretRef("local" if kind == "vault" else "vault", name)
    with pytest.raises(SecretElsewhereError):
        await store.get(other)
    with pytest.raises(SecretElsewhereError):
        await store.delete(other)


async def test_a_store_that_works_says_where_it_is(store: SecretStore, name: str) -> None:
    assert await store.check()
    await store.set(name, "a value nobody may see")
    assert "nobody" not in await store.check()
    assert "nobody" not in repr(store)
