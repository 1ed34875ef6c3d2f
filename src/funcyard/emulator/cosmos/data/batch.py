"""A batch: operations on items of one partition that all have effect, or none has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.cosmos.data import documents, errors
from funcyard.emulator.cosmos.data.call import Call, Reply
from funcyard.emulator.cosmos.data.errors import DataError
from funcyard.emulator.cosmos.data.items import Condition, Items, Outcome

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

_MOST: Final = 100


class _UndoneError(Exception):
    """An operation failed, so that none shall have effect."""


def carry_out(call: Call, items: Items) -> Reply:
    """Carry out a batch.

    Raises:
        DataError: It is none.
    """
    if call.header("x-ms-cosmos-batch-atomic").lower() == "false":
        raise errors.bad("A batch that is not atomic is not supported by the local Cosmos DB.")
    operations = documents.read(call.request.body)
    if not isinstance(operations, list) or not operations:
        raise errors.bad("Batch request has no operations.")
    if len(operations) > _MOST:
        raise errors.bad("Batch request has more operations than what is supported.")
    results: list[Json] = []
    try:
        with call.store.transaction():
            for one in operations:
                try:
                    results.append(_result(_done(items, one)))
                except DataError as fault:
                    failed = _failure(fault.status, fault.substatus)
                    _let_all_fail(results, failed, len(operations))
                    raise _UndoneError from None
    except _UndoneError:
        return Reply(207, results, len(operations))
    return Reply(200, results, sum(one["requestCharge"] for one in results))


def _let_all_fail(results: list[Json], failed: Json, count: int) -> None:
    """Tell of each operation that it depended on one that failed."""
    before = len(results)
    others = [_failure(424, 0) for _ in range(count - 1)]
    results[:] = [*others[:before], failed, *others[before:]]


def _done(items: Items, one: Any) -> Outcome:  # noqa: ANN401 - JSON
    if not isinstance(one, dict):
        raise errors.bad("An operation of a batch is an object.")
    condition = Condition(str(one.get("ifMatch") or ""), str(one.get("ifNoneMatch") or ""))
    name, body = str(one.get("id") or ""), one.get("resourceBody")
    match one.get("operationType"):
        case "Create":
            return items.create(body)
        case "Upsert":
            return items.upsert(body, condition)
        case "Read":
            return items.read(name, condition)
        case "Replace":
            return items.replace(name, body, condition)
        case "Patch":
            return items.patch(name, body, condition)
        case "Delete":
            return items.delete(name, condition)
    raise errors.bad(f"The operation {one.get('operationType')!r} of a batch is not supported.")


def _result(outcome: Outcome) -> Json:
    told: Json = {"statusCode": outcome.status, "requestCharge": outcome.charge}
    if outcome.item is not None:
        told |= {"eTag": outcome.item.etag, "resourceBody": outcome.item.shown()}
    return told


def _failure(status: int, substatus: int) -> Json:
    told: Json = {"statusCode": status, "requestCharge": 0.0}
    return {**told, "subStatusCode": substatus} if substatus else told
