"""Executions: started, looked at, cancelled; and the queue of those that nobody waits for."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, Literal

import azure.functions as func
from pydantic import Field

import documents
from answering import Call, answer, answered
from bodies import Given
from composition import platform
from funcyard.access.granting import Permission
from funcyard.errors import UserError
from funcyard.workflows.executions.model import Status
from funcyard.workflows.messages import POISON_QUEUE, QUEUE
from queries import ID
from request_errors import BadRequestError
from web import Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.workflows.executions.model import Execution

blueprint = func.Blueprint()

_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
_NDJSON: Final = "application/x-ndjson"
_STORAGE: Final = "AzureWebJobsStorage"


class NoResultError(UserError):
    """The execution has returned nothing: it runs, or it failed."""

    code = "execution-no-result"


class ExecuteBody(Given):
    """What a workflow is given, and whether the caller waits."""

    input: dict[str, Any] = Field(default_factory=dict)
    mode: Literal["sync", "async", ""] = ""


@blueprint.route(route="workflows/{name}/executions", methods=["POST"])
@answered(Permission.RUN)
async def execute(call: Call) -> Response:
    """Execute a workflow: to its end where its mode is sync, else have it executed."""
    body = await call.given(ExecuteBody)
    done = await call.platform.engine.execute(
        call.scope.name,
        call.path("name"),
        body.input,
        caller=call.by,
        mode=body.mode,
        key=_idempotency_key(call),
    )
    headers = {"Location": f"/api/executions/{done.id}"}
    if not done.status.final:
        return answer(documents.execution(done), 202, headers)
    returned = await call.platform.engine.executions.result(call.scope.name, done.id)
    document = documents.execution(done) | {"result": documents.result(returned)}
    return answer(document, 200, headers)


@blueprint.route(route="executions", methods=["GET"])
@answered(Permission.RUN, query=("status", "workflow", "user", "limit", "continuation"))
async def list_executions(call: Call) -> Response:
    """List the organisation's executions, the newest first, a page at a time."""
    status = call.query.one_of("status", tuple(Status))
    page = await call.platform.engine.executions.page(
        call.scope.name,
        status=Status(status) if status else None,
        workflow=call.query.text("workflow", longest=100, empty=True),
        caller=call.query.text("user", longest=300, empty=True),
        limit=call.query.number("limit", 50, 1, 100),
        after=call.query.continuation(),
    )
    found = {"executions": [documents.execution(one) for one in page.executions]}
    return answer(found | ({"continuation": page.next} if page.next else {}))


@blueprint.route(route="executions/{executionId}", methods=["GET"])
@answered(Permission.RUN)
async def read_execution(call: Call) -> Response:
    """Tell how an execution stands."""
    return answer(documents.execution(await _execution(call)))


@blueprint.route(route="executions/{executionId}/result", methods=["GET"])
@answered(Permission.RUN)
async def read_result(call: Call) -> Response:
    """Return what an execution returned."""
    one = await _execution(call)
    returned = await call.platform.engine.executions.result(call.scope.name, one.id)
    if returned is None:
        raise NoResultError(f"the execution has no result: it is {one.status.value}")
    return answer(documents.result(returned))


@blueprint.route(route="executions/{executionId}/logs", methods=["GET"])
@answered(Permission.RUN, query=("follow", "after"))
async def read_logs(call: Call) -> Response:
    """Send an execution's log, an entry a line; to its end where it is followed."""
    after = call.query.number("after", 0, 0, 1 << 40)
    follow = call.query.flag("follow")
    one = await _execution(call)
    engine, scope = call.platform.engine, call.scope.name
    if follow:
        lines = _lines(engine.executions.follow(scope, one.id, after))
        return StreamingResponse(lines, 200, {"Cache-Control": "no-store"}, _NDJSON)
    part = await engine.executions.logs(scope, one.id, after)
    text = b"".join(map(_line, part.entries))
    headers = {
        "Cache-Control": "no-store",
        "X-Log-Next": str(part.next),
        "X-Log-Over": json.dumps(part.over),
    }
    return Response(text, 200, headers, _NDJSON)


@blueprint.route(route="executions/{executionId}/cancel", methods=["POST"])
@answered(Permission.RUN)
async def cancel(call: Call) -> Response:
    """End an execution: at once where it waits, else soon."""
    identity = _checked_id(call.path("executionId"))
    ended = await call.platform.engine.cancel(call.scope.name, identity, call.by)
    return answer(documents.execution(ended), 202)


@blueprint.queue_trigger(arg_name="message", queue_name=QUEUE, connection=_STORAGE)
async def run_queued(message: func.QueueMessage) -> None:
    """Run what a message names."""
    await (await platform()).engine.handle(message.get_body().decode())


@blueprint.queue_trigger(arg_name="message", queue_name=POISON_QUEUE, connection=_STORAGE)
async def record_poisoned(message: func.QueueMessage) -> None:
    """Record that the queue gave up on a message."""
    await (await platform()).engine.poisoned(message.get_body().decode())


async def _execution(call: Call) -> Execution:
    identity = _checked_id(call.path("executionId"))
    return await call.platform.engine.executions.get(call.scope.name, identity)


async def _lines(entries: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    async for entry in entries:
        yield _line(entry)


def _line(entry: dict[str, Any]) -> bytes:
    return f"{json.dumps(entry, ensure_ascii=False)}\n".encode(errors="replace")


def _idempotency_key(call: Call) -> str:
    found = call.request.headers.getlist("idempotency-key")
    if len(found) > 1 or (found and not _KEY.fullmatch(found[0])):
        raise BadRequestError.of("Idempotency-Key", "is one of 1 to 200 visible ASCII characters")
    return found[0] if found else ""


def _checked_id(text: str) -> str:
    """Return an execution's id.

    Raises:
        BadRequestError: It cannot be one.
    """
    if not ID.fullmatch(text):
        raise BadRequestError("that names no execution")
    return text
