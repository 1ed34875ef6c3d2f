from __future__ import annotations

import pytest

from funcyard.host.setting_names import SettingMissingError
from funcyard.host.storage import ConnectionMissingError, StorageAccounts, connection_string


def test_a_connection_is_looked_for_as_the_real_host_does() -> None:
    settings = {"AzureWebJobsStorage": "main", "AzureWebJobsOrders": "prefixed", "orders": "plain"}

    assert connection_string("", settings) == "main"
    assert connection_string("AzureWebJobsStorage", settings) == "main"
    assert connection_string("Storage", settings) == "main"
    assert connection_string("Orders", settings) == "prefixed"
    assert connection_string("%Which%", {**settings, "Which": "orders"}) == "prefixed"
    assert connection_string("Plain", {"PLAIN": "found"}) == "found"


def test_a_missing_connection_is_named_with_what_to_do() -> None:
    with pytest.raises(ConnectionMissingError, match="Orders is not among") as caught:
        connection_string("Orders", {})
    assert caught.value.hint == "add Orders to local.settings.json or .env.local"
    with pytest.raises(SettingMissingError):
        connection_string("%Which%", {})


def test_identity_based_connections_are_refused_by_name() -> None:
    with pytest.raises(ConnectionMissingError, match="identity-based"):
        connection_string("Orders", {"Orders__queueServiceUri": "https://x"})


def test_a_malformed_connection_string_is_refused_without_being_shown() -> None:
    accounts = StorageAccounts({"AzureWebJobsStorage": "AccountKey;secret"})

    for client in (accounts.blobs, accounts.queues, accounts.tables):
        with pytest.raises(ConnectionMissingError) as caught:
            client()
        assert "secret" not in caught.value.message
