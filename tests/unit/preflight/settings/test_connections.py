from __future__ import annotations

import pytest

from funcyard.functions.model import Binding, Function
from funcyard.preflight.settings.connections import Known, asked_by, is_connection_string


@pytest.mark.parametrize(
    ("names", "has"),
    [
        (["Orders"], True),
        (["orders"], True),
        (["AzureWebJobsOrders"], True),
        (["ConnectionStrings:Orders"], True),
        (["CUSTOMCONNSTR_Orders"], True),
        (["Orders__fullyQualifiedNamespace"], True),
        (["Orders__accountName"], True),
        (["Orders:serviceUri"], True),
        (["AzureWebJobsOrders__blobServiceUri"], True),
        (["Orders__credential", "Orders__clientId"], False),
        (["OrdersQueue"], False),
        ([], False),
    ],
)
def test_a_connection_has_a_value_by_a_string_or_by_where_its_service_is(
    names: list[str], *, has: bool
) -> None:
    assert Known(names).has_connection("Orders") is has


def test_a_blob_trigger_by_identity_needs_to_know_the_queues() -> None:
    assert Known(["A__blobServiceUri"]).lacks_queues("A")
    assert not Known(["A__blobServiceUri", "A__queueServiceUri"]).lacks_queues("A")
    assert not Known(["A__accountName"]).lacks_queues("A")
    assert not Known(["A"]).lacks_queues("A")


def asked(*bindings: Binding) -> list[tuple[str, bool, bool]]:
    function = Function("f", "function_app.py", bindings)
    return [(one.name, one.is_connection, one.is_written) for one in asked_by(function)]


def test_connections_and_percent_names_are_asked_for() -> None:
    queue = Binding(
        "m", "queueTrigger", "in", {"queueName": "%ENV%-%QUEUE%", "connection": "Orders"}
    )
    cosmos = Binding(
        "i", "cosmosDBTrigger", "in", {"connection": "Cosmos", "leaseConnection": "Leases"}
    )
    timer = Binding("t", "timerTrigger", "in", {"schedule": "%WHEN%"})
    sql = Binding("s", "sql", "in", {"commandText": "like '%a%'", "connectionStringSetting": "Sql"})

    assert asked(queue) == [("Orders", True, True), ("ENV", False, True), ("QUEUE", False, True)]
    assert asked(cosmos) == [("Cosmos", True, True), ("Leases", True, True)]
    assert asked(timer) == [("AzureWebJobsStorage", True, False), ("WHEN", False, True)]
    assert asked(sql) == [("Sql", True, True)]


def test_storage_that_is_not_named_is_the_hosts_own_and_http_asks_for_nothing() -> None:
    assert asked(Binding("b", "blob", "out", {"path": "a/b"})) == [
        ("AzureWebJobsStorage", True, False)
    ]
    assert asked(Binding("r", "httpTrigger", "in"), Binding("$return", "http", "out")) == []


def test_a_value_in_the_place_of_a_name_is_seen() -> None:
    assert is_connection_string("Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey=b")
    assert not is_connection_string("ServiceBusConnection")
