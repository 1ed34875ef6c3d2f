"""Workflows as addresses of their own, and the keys that open them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import azure.functions as func
from pydantic import Field

import documents
from answering import Call, answer, answered, answered_unasked
from bodies import Given, json_body
from funcyard.access.errors import UnauthenticatedError
from funcyard.access.granting import GLOBAL, Permission
from funcyard.access.organisation import is_id
from funcyard.workflows.declarations import METHODS
from funcyard.workflows.errors import NoSuchWorkflowError
from funcyard.workflows.executions.model import Status
from request_errors import BadRequestError
from web import Request, Response

if TYPE_CHECKING:
    from composition import Platform
    from funcyard.workflows.declarations import Workflow
    from queries import Query

blueprint = func.Blueprint()

_KEY: Final = "x-workflow-key"
_ORGANISATION: Final = "x-organization-id"
_GOOD: Final = frozenset({Status.SUCCESS, Status.COMPLETED_WITH_ERRORS})


class KeyBody(Given):
    """A new workflow key."""

    workflow: str = Field("", max_length=100)
    description: str = Field("", max_length=500)


@blueprint.route(route="endpoints/{name}", methods=list(METHODS))
@answered_unasked(query=None)
async def call_endpoint(request: Request, platform: Platform, query: Query) -> Response:
    """Execute a workflow by its own address."""
    name = str(request.path_params["name"])
    scope, caller, opened_by_all = await _caller(request, platform, name)
    workflow = await _endpoint(platform, scope, name)
    if caller is None and not (workflow.public_endpoint and platform.settings.public_endpoints):
        raise UnauthenticatedError("X-Workflow-Key is missing")
    if opened_by_all and workflow.disable_global_key:
        raise UnauthenticatedError("this endpoint asks for a key of its own")
    if request.method not in workflow.allowed_methods:
        allowed = ", ".join(workflow.allowed_methods)
        body = {"error": "MethodNotAllowed", "message": f"{name} takes {allowed}"}
        return answer(body, 405, {"Allow": allowed})
    done = await platform.engine.execute(
        scope, name, await _given(request, query), caller=caller or "anonymous", trigger="endpoint"
    )
    headers = {"X-Execution-Id": done.id}
    if not done.status.final:
        return answer({"executionId": done.id, "status": done.status.value}, 202, headers)
    if done.status not in _GOOD:
        message = f"the execution is {done.status.value}"
        told = {"executionId": done.id}
        failed = {"error": "WorkflowFailed", "message": message, "details": told}
        return answer(failed, 504 if done.status is Status.TIMEOUT else 500, headers)
    returned = await platform.engine.executions.result(scope, done.id)
    return answer(documents.result(returned), headers=headers)


@blueprint.route(route="workflow-keys", methods=["GET"])
@answered(Permission.ADMINISTER)
async def list_keys(call: Call) -> Response:
    """List what is known of the scope's keys."""
    found = await call.platform.keys.all(call.scope.name)
    return answer({"keys": [documents.key(one) for one in found]})


@blueprint.route(route="workflow-keys", methods=["POST"])
@answered(Permission.ADMINISTER)
async def create_key(call: Call) -> Response:
    """Make a key; it is shown this once."""
    body, scope = await call.given(KeyBody), call.scope.name
    own = None if scope == GLOBAL else await call.platform.directory.get(scope)
    key, text = await call.platform.keys.create(
        scope,
        since="" if own is None else own.since,
        workflow=body.workflow,
        description=body.description,
        by=call.grant.principal,
    )
    return answer(documents.key(key) | {"key": text}, 201)


@blueprint.route(route="workflow-keys/{keyId}", methods=["DELETE"])
@answered(Permission.ADMINISTER)
async def remove_key(call: Call) -> Response:
    """Have a key open nothing any more."""
    await call.platform.keys.remove(call.scope.name, call.path("keyId"))
    return Response(status_code=204)


async def _caller(request: Request, platform: Platform, name: str) -> tuple[str, str | None, bool]:
    """Return for whom the call is, who calls, and whether with a key that opens all endpoints."""
    given = request.headers.getlist(_KEY)
    if len(given) > 1:
        raise UnauthenticatedError("X-Workflow-Key is there more than once")
    if not given:
        return await _public_scope(request, platform), None, False
    key = await platform.keys.find(given[0])
    if key.workflow and key.workflow != name:
        raise UnauthenticatedError("the key opens another endpoint")
    if key.scope != GLOBAL:
        organisation = await platform.directory.find(key.scope)
        if organisation is None or not organisation.is_active:
            raise UnauthenticatedError("the key's organisation is not active")
        if key.since != organisation.since:
            raise UnauthenticatedError("the key is of an organisation that was removed")
    return key.scope, f"key:{key.id}", not key.workflow


async def _public_scope(request: Request, platform: Platform) -> str:
    asked = request.headers.get(_ORGANISATION)
    if asked is None or asked == GLOBAL:
        return GLOBAL
    found = await platform.directory.find(asked) if is_id(asked) else None
    if found is None or not found.is_active:
        raise NoSuchWorkflowError("there is no such endpoint")
    return found.id


async def _endpoint(platform: Platform, scope: str, name: str) -> Workflow:
    workflow = await platform.engine.workflow(scope, name)
    if not workflow.endpoint_enabled:
        raise NoSuchWorkflowError("there is no such endpoint")
    return workflow


async def _given(request: Request, query: Query) -> dict[str, Any]:
    """Return what a workflow is given: the query, and over it what the body says."""
    body = await json_body(request)
    if not isinstance(body, dict):
        raise BadRequestError("the body is an object of parameters")
    return {**query.values, **body}
