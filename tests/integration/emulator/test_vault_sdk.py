"""The real azure-keyvault-secrets and azure-identity against the vault service, unchanged."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from azure.keyvault.secrets import ApiVersion, SecretClient
from azure.keyvault.secrets.aio import SecretClient as AsyncSecretClient
from tests.local_vault import LocalVault

_THEN = datetime(2030, 1, 2, tzinfo=UTC)


@pytest.fixture
def client(vault: LocalVault) -> Iterator[SecretClient]:
    with vault.client() as opened:
        yield opened


@pytest.fixture
def name() -> str:
    """A name of the test's own."""
    return f"secret-{uuid.uuid4().hex[:12]}"


def _code(refused: pytest.ExceptionInfo[HttpResponseError]) -> tuple[str, str]:
    error = refused.value.error
    assert error is not None
    return str(error.code), str((error.innererror or {}).get("code", ""))


def test_every_version_of_a_secret_is_kept(client: SecretClient, name: str) -> None:
    first = client.set_secret(name, "one", tags={"a": "b"}, content_type="text/plain")
    second = client.set_secret(name, "two äöü", not_before=_THEN, expires_on=_THEN)

    assert client.get_secret(name).value == "two äöü"
    old = client.get_secret(name, first.properties.version)
    assert (old.value, old.properties.tags) == ("one", {"a": "b"})
    assert old.properties.content_type == "text/plain"
    assert client.get_secret(name.upper()).properties.expires_on == _THEN
    listed = list(client.list_properties_of_secret_versions(name))
    assert [one.version for one in listed] == [first.properties.version, second.properties.version]
    with pytest.raises(ResourceNotFoundError):
        client.get_secret(name, "0" * 32)


def test_attributes_change_and_what_is_not_named_stays(client: SecretClient, name: str) -> None:
    made = client.set_secret(name, "one", tags={"a": "b"})
    client.update_secret_properties(name, expires_on=_THEN)
    changed = client.update_secret_properties(
        name, made.properties.version, content_type="x", enabled=False
    )

    assert (changed.tags, changed.expires_on, changed.content_type) == ({"a": "b"}, _THEN, "x")
    with pytest.raises(HttpResponseError) as refused:
        client.get_secret(name)
    assert refused.value.status_code == 403
    assert _code(refused) == ("Forbidden", "SecretDisabled")
    client.update_secret_properties(name, enabled=True, tags={})
    assert client.get_secret(name).value == "one"
    assert client.get_secret(name).properties.tags == {}


def test_a_deleted_secret_can_be_recovered_or_purged(client: SecretClient, name: str) -> None:
    client.set_secret(name, "one")
    deleted = client.begin_delete_secret(name).result()
    assert (deleted.name, deleted.properties.recoverable_days) == (name, 90)
    assert deleted.properties.recovery_level == "Recoverable+Purgeable"
    assert deleted.scheduled_purge_date is not None
    assert deleted.deleted_date is not None
    assert (deleted.scheduled_purge_date - deleted.deleted_date).days == 90
    with pytest.raises(ResourceNotFoundError):
        client.get_secret(name)
    with pytest.raises(ResourceExistsError) as refused:
        client.set_secret(name, "two")
    assert _code(refused) == ("Conflict", "ObjectIsDeletedButRecoverable")
    assert name in [one.name for one in client.list_deleted_secrets()]
    assert name not in [one.name for one in client.list_properties_of_secrets()]

    client.begin_recover_deleted_secret(name).wait()
    assert client.get_secret(name).value == "one"
    with pytest.raises(ResourceNotFoundError):
        client.get_deleted_secret(name)

    client.begin_delete_secret(name).wait()
    client.purge_deleted_secret(name)
    client.set_secret(name, "new")
    assert len(list(client.list_properties_of_secret_versions(name))) == 1


def test_a_backup_brings_every_version_back_and_no_other_vault_opens_it(
    client: SecretClient, name: str
) -> None:
    first = client.set_secret(name, "one")
    client.set_secret(name, "two")
    backup = client.backup_secret(name)
    assert b"two" not in backup
    with pytest.raises(ResourceExistsError):
        client.restore_secret_backup(backup)
    client.begin_delete_secret(name).wait()
    client.purge_deleted_secret(name)
    client.restore_secret_backup(backup)

    assert client.get_secret(name).value == "two"
    assert client.get_secret(name, first.properties.version).value == "one"
    with pytest.raises(HttpResponseError) as refused:
        client.restore_secret_backup(backup[:-1] + b"x")
    assert _code(refused) == ("BadParameter", "")


def test_what_is_not_there_has_no_versions(client: SecretClient, name: str) -> None:
    assert list(client.list_properties_of_secret_versions(name)) == []
    client.set_secret(name, "one")
    client.begin_delete_secret(name).wait()
    assert list(client.list_properties_of_secret_versions(name)) == []


def test_lists_come_in_pages(client: SecretClient, name: str) -> None:
    names = [f"{name}-{number:02}" for number in range(31)]
    for one in names:
        client.set_secret(one, "x")
    for size in (None, 7, 25):
        options = {} if size is None else {"max_page_size": size}
        pages = [list(one) for one in client.list_properties_of_secrets(**options).by_page()]
        assert max(map(len, pages)) == (size or 25)
        found = [one.name for page in pages for one in page]
        assert [one for one in found if one in names] == names
    for one in names[:9]:
        client.set_secret(name, one)
    assert len(list(client.list_properties_of_secret_versions(name, max_page_size=2))) == 9


@pytest.mark.parametrize("version", list(ApiVersion))
def test_every_version_that_the_sdk_speaks_is_understood(
    vault: LocalVault, name: str, version: ApiVersion
) -> None:
    with vault.client(api_version=version) as client:
        client.set_secret(name, version)
        assert client.get_secret(name).value == version


def test_what_no_vault_takes_is_refused(client: SecretClient, name: str) -> None:
    client.set_secret(name, "x" * 25 * 1024)
    for wrong, value in ((name, "x" * (25 * 1024 + 1)), (name, "ä" * 20_000), ("a_b", "x")):
        with pytest.raises(HttpResponseError) as refused:
            client.set_secret(wrong, value)
        assert refused.value.status_code == 400
        assert _code(refused) == ("BadParameter", "")
    with pytest.raises(HttpResponseError) as refused:
        client.set_secret(name, "x", tags={str(number): "x" for number in range(16)})
    assert _code(refused) == ("BadParameter", "")


def test_a_wrong_secret_of_the_application_is_refused(vault: LocalVault) -> None:
    credential = ClientSecretCredential(**{**vault.sign_in(), "client_secret": "wrong"})
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        credential.get_token("https://vault.azure.net/.default")


async def test_the_asynchronous_clients_do_the_same(vault: LocalVault, name: str) -> None:
    async with (
        AsyncClientSecretCredential(**vault.sign_in()) as credential,
        AsyncSecretClient(
            vault.url, credential, verify_challenge_resource=False, connection_verify=vault.ca
        ) as client,
    ):
        await client.set_secret(name, "one")
        assert (await client.get_secret(name)).value == "one"
        await client.delete_secret(name)
        recovered = await client.recover_deleted_secret(name)
        assert recovered.name == name
        listed = client.list_properties_of_secret_versions(name)
        assert len([one async for one in listed]) == 1


def test_the_printed_settings_are_all_that_a_program_needs(vault: LocalVault, name: str) -> None:
    program = (
        "import os; from azure.identity import DefaultAzureCredential;"
        "from azure.keyvault.secrets import SecretClient;"
        "client = SecretClient(os.environ['AZURE_KEYVAULT_URL'],"
        " DefaultAzureCredential(disable_instance_discovery=True),"
        " verify_challenge_resource=False);"
        f"client.set_secret('{name}', 'x'); print(client.get_secret('{name}').value)"
    )
    environment = {**os.environ, **vault.settings, "no_proxy": "localhost"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "x\n"
