"""The vault service against exchanges with Key Vault that Microsoft recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import local_vault
from tests.local_vault import LocalVault

_RECORDED = json.loads(
    (Path(__file__).parent / "key_vault" / "recorded.json").read_text(encoding="utf-8")
)["exchanges"]
_HOST = "https://{vault}.vault.azure.net"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalVault]:
    """A vault that keeps deleted secrets as long as the recorded ones did, told a second one."""
    service = local_vault.start(tmp_path_factory.mktemp("recorded") / "v", "--retention", "7")
    service.call("PUT", "/secrets/secret2", {"value": "x"})
    service.call("DELETE", "/secrets/secret2")
    yield service
    service.end()


def _alike(recorded: Any, answered: Any, vault: LocalVault, where: str = "") -> None:  # noqa: ANN401 - JSON
    """Hold an answer against a recorded one: the same keys, types and, but for times, values."""
    assert type(answered) is type(recorded), where
    if isinstance(recorded, dict):
        assert list(answered) == list(recorded), where
        for name, value in recorded.items():
            _alike(value, answered[name], vault, f"{where}/{name}")
    elif isinstance(recorded, str):
        wanted = recorded.replace(_HOST, vault.url)
        stem, slash, version = wanted.rpartition("/")
        if set(version) == {"0"}:
            assert answered.startswith(stem + slash), where
            assert len(answered) == len(wanted), where
        else:
            assert answered == wanted, where
    elif isinstance(recorded, bool) or recorded is None or where.endswith("recoverableDays"):
        assert answered == recorded, where


def _scenario(first: int, last: int) -> list[dict[str, Any]]:
    return [one for one in _RECORDED[first:last] if one["status"] != 401]


@pytest.mark.parametrize(
    "scenario", [_scenario(0, 5), _scenario(5, 10)], ids=["recover and purge", "name in use"]
)
def test_secrets_are_answered_as_recorded(
    fresh: LocalVault, scenario: list[dict[str, Any]]
) -> None:
    for exchange in scenario:
        path = exchange["path"].removeprefix(_HOST)
        if path == "/deletedsecrets":
            continue  # recorded while the deletion was still under way, so empty
        status, body = fresh.call(exchange["method"], path, exchange["request_body"])

        assert status == exchange["status"], exchange["name"]
        _alike(exchange["response_body"], body, fresh)
        if body and "scheduledPurgeDate" in body:
            assert body["scheduledPurgeDate"] - body["deletedDate"] == 604800


def test_who_bears_no_token_is_challenged_as_recorded(fresh: LocalVault) -> None:
    exchange = next(one for one in _RECORDED if one["status"] == 401)
    status, headers, body = fresh.ask("PUT", "/secrets/secret1?api-version=7.4")

    assert (status, body) == (401, exchange["response_body"])
    assert headers["content-type"] == exchange["response_headers"]["content-type"]
    recorded = exchange["response_headers"]["www-authenticate"]
    login, tenant = "https://login.microsoftonline.com", "00000000-0000-4000-8000-000000000001"
    assert headers["www-authenticate"] == recorded.replace(login, fresh.url).replace(
        tenant, fresh.settings["AZURE_TENANT_ID"]
    )
