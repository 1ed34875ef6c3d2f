"""Which Azure is meant, and where things are in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.azure.cloud import PUBLIC, CloudError, cloud_of, local

_CA = Path("ca.pem")
_TENANT = "0d3f2f6c-7c1f-4d63-9b7f-6e1f0c9b3d11"


def test_the_public_cloud_is_where_microsoft_says() -> None:
    assert PUBLIC.vault_url("contoso") == "https://contoso.vault.azure.net"
    assert PUBLIC.vault_url("https://contoso.vault.azure.net/") == "https://contoso.vault.azure.net"
    assert PUBLIC.issuers(_TENANT) == (
        f"https://login.microsoftonline.com/{_TENANT}/v2.0",
        f"https://sts.windows.net/{_TENANT}/",
    )
    assert PUBLIC.keys_url(_TENANT) == (
        f"https://login.microsoftonline.com/{_TENANT}/discovery/v2.0/keys"
    )
    assert PUBLIC.graph_address == PUBLIC.graph_audience == "https://graph.microsoft.com"
    assert PUBLIC.manager_address == PUBLIC.manager_audience == "https://management.azure.com"


def test_this_machine_s_azure_is_one_address() -> None:
    cloud = local("https://localhost:10004", _CA)
    assert cloud.vault_url("anything") == cloud.manager_address == "https://localhost:10004"
    assert cloud.graph_address == "https://localhost:10004"
    assert cloud.issuers(_TENANT) == (f"https://localhost:10004/{_TENANT}/v2.0",)
    assert not cloud.is_public


def test_settings_say_which_is_meant() -> None:
    assert cloud_of({}) == PUBLIC
    assert cloud_of({"AZURE_AUTHORITY_HOST": "login.microsoftonline.com"}) == PUBLIC
    here = {"AZURE_AUTHORITY_HOST": "https://localhost:1/", "SSL_CERT_FILE": "ca.pem"}
    assert cloud_of(here) == local("https://localhost:1", _CA)
    with pytest.raises(CloudError, match="none is trusted") as refused:
        cloud_of({"AZURE_AUTHORITY_HOST": "https://localhost:1"})
    assert "funcyard emulator connection azure" in str(refused.value.hint)


def test_certificates_that_cannot_be_read_are_told_by_their_file(tmp_path: Path) -> None:
    absent, other = tmp_path / "absent.pem", tmp_path / "other.pem"
    other.write_text("no certificate")
    for file in (absent, other):
        with pytest.raises(CloudError, match=file.name) as refused:
            local("https://localhost:1", file).trusted()
        assert "SSL_CERT_FILE" in str(refused.value.hint)


@pytest.mark.parametrize(
    "address",
    ["http://localhost", "https://", "https://h/path", "https://u@h", "https://h:x", "https://h?a"],
)
def test_what_is_no_address_of_https_is_refused(address: str) -> None:
    with pytest.raises(CloudError):
        local(address, _CA)


@pytest.mark.parametrize("vault", ["", "ab", "a_b", "evil.example/", "1abc", "a--b", "http://x.y"])
def test_what_is_no_vault_is_refused(vault: str) -> None:
    with pytest.raises(CloudError):
        PUBLIC.vault_url(vault)


@pytest.mark.parametrize("tenant", ["", "a/b", "../x", "a?b"])
def test_what_is_no_tenant_is_refused(tenant: str) -> None:
    with pytest.raises(CloudError):
        PUBLIC.keys_url(tenant)
