"""Table inputs and outputs: entities as JSON objects.

An input with both keys is one entity, or none; otherwise an array of those that its partition key,
``filter`` and ``take`` admit. An output adds entities and never replaces one.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-table
"""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.data.tables import EdmType, EntityProperty

from funcyard.host.bindings.binder import BindingError
from funcyard.host.invocation import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.data.tables.aio import TableClient

    from funcyard.functions.model import Binding
    from funcyard.host.bindings.binder import Binder

_INT32 = 2**31
_KEYS = ("PartitionKey", "RowKey")


async def read_table(binding: Binding, binder: Binder) -> Value | None:
    """Return an entity or an array of entities as JSON; None for an entity that is not there.

    A table that does not exist has no entities.

    Raises:
        BindingError: ``take`` is not a number.
        FuncyardError: An expression or the connection cannot be resolved.
        AzureError: The service refuses or is away.
    """
    table = _table(binding, binder)
    partition = binder.text(binding, "partitionKey")
    row = binder.text(binding, "rowKey")
    if partition is not None and row is not None:
        try:
            entity = await table.get_entity(partition, row)
        except ResourceNotFoundError:
            return None
        return Value.json(json.dumps(_plain(entity), ensure_ascii=False))
    wanted = _filter(binding, binder, partition)
    take = _take(binding, binder)
    entities: list[dict[str, Any]] = []
    try:
        found = table.query_entities(wanted) if wanted else table.list_entities()
        async for entity in found:
            if take is not None and len(entities) >= take:
                break
            entities.append(_plain(entity))
    except ResourceNotFoundError:
        entities = []
    return Value.json(json.dumps(entities, ensure_ascii=False))


async def write_table(binding: Binding, binder: Binder, value: Value) -> None:
    """Add the entity, or the entities of a list; the table is made when missing.

    Raises:
        BindingError: The value is no entity, a key is missing, or an entity of those keys exists.
        FuncyardError: An expression or the connection cannot be resolved.
        AzureError: The service refuses or is away.
    """
    table = _table(binding, binder)
    keys = {
        "PartitionKey": binder.text(binding, "partitionKey"),
        "RowKey": binder.text(binding, "rowKey"),
    }
    where = f"{binder.function}: {binding.name}"
    try:
        document = json.loads(value.body)
    except ValueError as fault:
        raise BindingError(f"{where}: a table entity is JSON: {fault}") from fault
    entities = [
        _entity(item, keys, where)
        for item in (document if isinstance(document, list) else [document])
    ]
    for entity in entities:
        try:
            await _add(table, entity)
        except ResourceExistsError as fault:
            raise BindingError(
                f"{where}: {table.table_name} already has an entity with PartitionKey"
                f" {entity['PartitionKey']!r} and RowKey {entity['RowKey']!r}",
                hint="an output only adds; use the azure-data-tables SDK to replace an entity",
            ) from fault


async def _add(table: TableClient, entity: Mapping[str, Any]) -> None:
    try:
        await table.create_entity(entity)
    except ResourceNotFoundError:
        with contextlib.suppress(ResourceExistsError):  # another run made it just now
            await table.create_table()
        await table.create_entity(entity)


def _table(binding: Binding, binder: Binder) -> TableClient:
    service = binder.storage.tables(str(binding.get("connection") or ""))
    return service.get_table_client(binder.required(binding, "tableName"))


def _filter(binding: Binding, binder: Binder, partition: str | None) -> str:
    parts = []
    if partition is not None:
        parts.append(f"PartitionKey eq '{_quoted(partition)}'")
    if wanted := binder.text(binding, "filter", quote=_quoted):
        parts.append(f"({wanted})" if parts else wanted)
    return " and ".join(parts)


def _take(binding: Binding, binder: Binder) -> int | None:
    text = binder.text(binding, "take")
    if text is None:
        return None
    if not text.isdigit():
        raise BindingError(f"{binder.function}: {binding.name}: take is {text!r}, not a number")
    return int(text)


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _plain(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in entity.items()}


def _plain_value(value: Any) -> Any:  # noqa: ANN401 - a property of any Edm type
    if isinstance(value, EntityProperty):
        value = value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def _entity(item: Any, keys: Mapping[str, str | None], where: str) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    if not isinstance(item, dict):
        raise BindingError(f"{where}: a table entity is a JSON object, not {json.dumps(item)[:80]}")
    entity = {name: _stored(value) for name, value in item.items() if value is not None}
    for name in _KEYS:
        key = item.get(name, keys[name])
        if key is None:
            raise BindingError(
                f"{where}: the entity has no {name}",
                hint="put it into the entity, or into the binding",
            )
        entity[name] = str(key)
    return entity


def _stored(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, int) and not isinstance(value, bool) and not -_INT32 <= value < _INT32:
        return EntityProperty(value, EdmType.INT64)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
