from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.host.host_app import function

from funcyard.host.invocation import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.host.host_app import App

    from funcyard.host.invocation import Outcome

TRIGGER = {"name": "msg", "type": "queueTrigger", "queueName": "orders"}


async def run(app: App, *bindings: dict[str, Any], data: dict[str, str] | None = None) -> Outcome:
    return await app.dispatcher.run(
        function("work", TRIGGER, *bindings), Value.text("go"), metadata={}, data=data or {}
    )


def given(app: App, name: str) -> Value | None:
    return app.calls[-1].inputs.get(name)


async def texts(app: App, queue: str) -> list[str]:
    client = app.storage.queues().get_queue_client(queue)
    return [str(m.content) async for m in client.receive_messages(messages_per_page=32)]


async def test_a_blob_output_makes_its_container_and_an_input_reads_it(
    app: App, unique: str
) -> None:
    app.behaviour = lambda _: {"out": Value("bytes", b"\x00\xff")}
    path = f"{unique}/dir/{{id}}.bin"
    written = await run(
        app,
        {"name": "out", "type": "blob", "direction": "out", "path": path},
        data={"id": "7"},
    )
    app.behaviour = lambda _: None
    await run(app, {"name": "blob", "type": "blob", "path": path}, data={"ID": "7"})

    assert written.failed is None
    assert given(app, "blob") == Value("bytes", b"\x00\xff")


async def test_a_blob_that_does_not_exist_is_no_value(app: App, unique: str) -> None:
    outcome = await run(app, {"name": "blob", "type": "blob", "path": f"{unique}/nothing"})

    assert outcome.failed is None
    assert given(app, "blob") is None


async def test_a_blob_is_read_by_its_address_from_the_bindings_account(
    app: App, unique: str
) -> None:
    app.behaviour = lambda _: {"out": Value("bytes", b"photo")}
    await run(
        app, {"name": "out", "type": "blob", "direction": "out", "path": f"{unique}/a b/ü.png"}
    )
    account = app.storage.blobs().url.rstrip("/")
    for address in (
        f"{account}/{unique}/a%20b/%C3%BC.png",
        f"https://of-azure.blob.core.windows.net/{unique}/a%20b/%C3%BC.png",
    ):
        app.behaviour = lambda _: None
        event = {"data": json.dumps({"url": address})}
        await run(app, {"name": "blob", "type": "blob", "path": "{data.url}"}, data=event)

        assert given(app, "blob") == Value("bytes", b"photo")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Value.text("one"), [b"one"]),
        (Value("bytes", b"\xff\x00"), [b"\xff\x00"]),
        (Value.text('["a", {"b": 1}, 2]'), [b"a", b'{"b": 1}', b"2"]),
        (Value.json('["a", "b"]'), [b"a", b"b"]),
        (Value.json('{"id": null, "body": "from a QueueMessage"}'), [b"from a QueueMessage"]),
        (Value.json('[{"id": "1", "body": "x"}, {"id": "2", "body": "y"}]'), [b"x", b"y"]),
        (Value.text("[not json"), [b"[not json"]),
        (Value.text('{"id": 1, "body": "kept"}'), [b'{"id": 1, "body": "kept"}']),
    ],
)
async def test_a_queue_output_sends_the_messages_that_its_value_means(
    app: App, unique: str, value: Value, expected: list[bytes]
) -> None:
    app.behaviour = lambda _: {"$return": value}
    outcome = await run(
        app, {"name": "$return", "type": "queue", "direction": "out", "queueName": unique}
    )

    assert outcome.failed is None
    assert [base64.b64decode(text) for text in await texts(app, unique)] == expected


async def test_queue_outputs_are_plain_where_host_json_says_none(
    make_app: Callable[..., App], unique: str
) -> None:
    app = make_app({"extensions": {"queues": {"messageEncoding": "none"}}})
    app.behaviour = lambda _: {"out": Value.text("<a> & b")}
    queue = {"name": "out", "type": "queue", "direction": "out", "queueName": unique}
    await run(app, queue)
    app.behaviour = lambda _: {"out": Value("bytes", b"\xff")}
    refused = await run(app, queue)

    assert await texts(app, unique) == ["<a> & b"]
    assert refused.failed is not None


async def test_a_table_output_adds_entities_and_inputs_find_them(app: App, unique: str) -> None:
    entities = [
        {"PartitionKey": "it's", "RowKey": str(n), "n": n, "big": 2**40, "tags": ["a"], "no": None}
        for n in range(5)
    ]
    app.behaviour = lambda _: {"out": Value.text(json.dumps(entities))}
    table = {"name": "out", "type": "table", "direction": "out", "tableName": unique}
    written = await run(app, table)
    app.behaviour = lambda _: None
    source = {"name": "rows", "type": "table", "tableName": unique}
    await run(app, {**source, "partitionKey": "{who}", "rowKey": "3"}, data={"who": "it's"})
    one = given(app, "rows")
    await run(app, {**source, "partitionKey": "it's", "rowKey": "9"})
    none = given(app, "rows")
    await run(
        app,
        {**source, "filter": "PartitionKey eq '{who}' and n gt 1", "take": 2},
        data={"who": "it's"},
    )
    some = given(app, "rows")

    assert written.failed is None
    assert one is not None
    assert json.loads(one.body) == {
        "PartitionKey": "it's",
        "RowKey": "3",
        "n": 3,
        "big": 2**40,
        "tags": '["a"]',
    }
    assert none is None
    assert some is not None
    assert [row["n"] for row in json.loads(some.body)] == [2, 3]


async def test_an_entity_that_exists_fails_the_run_and_is_named(app: App, unique: str) -> None:
    app.behaviour = lambda _: {"out": Value.json('{"RowKey": "r", "x": 1}')}
    table = {
        "name": "out",
        "type": "table",
        "direction": "out",
        "tableName": unique,
        "partitionKey": "p",
    }
    first = await run(app, table)
    second = await run(app, table)

    assert first.failed is None
    assert second.failed is not None
    assert "already has an entity with PartitionKey 'p' and RowKey 'r'" in second.failed.message


async def test_a_table_that_does_not_exist_is_an_empty_list(app: App, unique: str) -> None:
    await run(app, {"name": "rows", "type": "table", "tableName": unique})

    assert given(app, "rows") == Value.json("[]")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("not json", "a table entity is JSON"),
        ('"text"', "is a JSON object"),
        ('{"PartitionKey": "p"}', "no RowKey"),
    ],
)
async def test_what_is_no_entity_fails_the_run(
    app: App, unique: str, value: str, reason: str
) -> None:
    app.behaviour = lambda _: {"out": Value.text(value)}
    outcome = await run(
        app, {"name": "out", "type": "table", "direction": "out", "tableName": unique}
    )

    assert outcome.failed is not None
    assert reason in outcome.failed.message


async def test_an_expression_that_the_trigger_does_not_give_fails_the_run_before_the_function(
    app: App, unique: str
) -> None:
    outcome = await run(app, {"name": "blob", "type": "blob", "path": f"{unique}/{{nobody}}"})

    assert outcome.failed is not None
    assert "nobody" in outcome.failed.message
    assert not app.calls


async def test_a_failed_function_writes_nothing(app: App, unique: str) -> None:
    def failing(_: object) -> None:
        raise ValueError("no")

    app.behaviour = failing
    outcome = await run(
        app, {"name": "$return", "type": "queue", "direction": "out", "queueName": unique}
    )

    assert outcome.failed is not None
    assert outcome.failed.message == "no"
    assert [event.kind for event in app.events.recent()] == ["invocation"]


async def test_http_functions_give_query_headers_and_body_to_expressions(
    app: App, unique: str
) -> None:
    app.behaviour = lambda _: {"out": Value.text("x")}
    request = Value(
        "http",
        b'{"order": {"id": 5}}',
        {"m": "POST", "u": "http://h/", "h": {"x-who": "me"}, "p": {}, "q": {"kind": "new"}},
    )
    outcome = await app.dispatcher.run(
        function(
            "work",
            {"name": "req", "type": "httpTrigger"},
            {
                "name": "out",
                "type": "blob",
                "direction": "out",
                "path": f"{unique}/{{Query.kind}}/{{headers.x-who}}/{{order.id}}/{{route}}",
            },
        ),
        request,
        metadata={},
        data={"route": "r"},
    )
    container = app.storage.blobs().get_container_client(unique)

    assert outcome.failed is None
    assert [name async for name in container.list_blob_names()] == ["new/me/5/r"]
