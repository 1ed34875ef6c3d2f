from __future__ import annotations

import base64

import pytest
from azure.identity.aio import ClientSecretCredential

from funcyard.azure.storage import SERVICES, StorageAccount, StorageAccountError

_KEY = base64.b64encode(b"a key of nobody").decode()


def _credential() -> ClientSecretCredential:
    return ClientSecretCredential("tenant", "client", "nobody's secret")


def test_a_connection_string_of_azure_gives_each_service_its_address() -> None:
    account = StorageAccount.from_connection_string(
        f"DefaultEndpointsProtocol=https;AccountName=work;AccountKey={_KEY};"
        "EndpointSuffix=core.chinacloudapi.cn"
    )

    assert account.endpoints == {
        service: f"https://work.{service}.core.chinacloudapi.cn" for service in SERVICES
    }
    assert account.key == _KEY


def test_addresses_that_are_named_win_over_those_that_follow_from_the_name() -> None:
    account = StorageAccount.from_connection_string(
        f"DefaultEndpointsProtocol=http;AccountName=work;AccountKey={_KEY};"
        "FileEndpoint=http://127.0.0.1:10003/work/"
    )

    assert account.endpoints["file"] == "http://127.0.0.1:10003/work"
    assert account.endpoints["blob"] == "http://work.blob.core.windows.net"


def test_development_storage_means_azurite() -> None:
    account = StorageAccount.from_connection_string("UseDevelopmentStorage=true")

    assert account.endpoints["table"] == "http://127.0.0.1:10002/devstoreaccount1"
    with pytest.raises(StorageAccountError, match="no address of its file service"):
        account.files()


async def test_a_signature_serves_the_services_that_have_an_address() -> None:
    account = StorageAccount.from_connection_string(
        "FileEndpoint=https://work.file.core.windows.net;SharedAccessSignature=?sv=1&sig=abc%3D"
    )

    assert account.name == "work"
    assert account.sas == "sv=1&sig=abc%3D"
    async with account.files() as service:
        assert service.url.startswith("https://work.file.core.windows.net")


async def test_every_service_has_a_client() -> None:
    account = StorageAccount.from_connection_string(f"AccountName=work;AccountKey={_KEY}")

    async with account.blobs() as blobs, account.queues() as queues:
        assert blobs.account_name == queues.account_name == "work"
    async with account.tables() as tables, account.files() as files:
        assert tables.account_name == files.account_name == "work"


async def test_tokens_are_used_as_a_backup_would_use_files() -> None:
    account = StorageAccount.from_credential("work", _credential())

    async with account.files() as files:
        assert vars(files)["file_request_intent"] == "backup"


def test_a_right_is_never_shown() -> None:
    account = StorageAccount.from_connection_string(f"AccountName=work;AccountKey={_KEY}")

    assert _KEY not in repr(account)
    assert _KEY not in str(account)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";;",
        "AccountName",
        f"AccountKey={_KEY}",
        "AccountName=work",
        "AccountName=work;AccountKey=not base64!",
        "AccountName=work;AccountKey=é",
        f"AccountName=work;AccountName=play;AccountKey={_KEY}",
        f"AccountName=work;AccountKey={_KEY};SharedAccessSignature=sig=1",
        f"AccountName=work;AccountKey={_KEY};FileEndpoint=ftp://127.0.0.1",
        f"AccountName=work;AccountKey={_KEY};FileEndpoint=http://127.0.0.1:99999",
        f"AccountName=work;AccountKey={_KEY};FileEndpoint=http://[::1",
        f"AccountName=work;AccountKey={_KEY};FileEndpoint=http://host/work?sig=secret",
    ],
)
def test_what_cannot_be_meant_is_refused_without_telling_the_secret(text: str) -> None:
    with pytest.raises(StorageAccountError) as refused:
        StorageAccount.from_connection_string(text)

    assert refused.value.exit_code == 2
    assert _KEY not in str(refused.value.as_dict())
    assert "secret" not in str(refused.value.as_dict())


@pytest.mark.parametrize("name", ["", "ab", "UPPER", "a" * 25, "a.b/c", "é" * 5])
def test_a_name_that_would_change_the_address_is_refused(name: str) -> None:
    with pytest.raises(StorageAccountError):
        StorageAccount.from_credential(name, _credential())


def test_tokens_do_not_travel_in_the_clear() -> None:
    with pytest.raises(StorageAccountError, match="HTTPS"):
        StorageAccount(
            name="work",
            endpoints={"blob": "http://127.0.0.1:10000/work"},
            credential=_credential(),
        )
