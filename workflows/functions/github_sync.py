"""Connections to GitHub, its webhook, and syncs: specs/contracts/github-sync-api.yaml."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import azure.functions as func
from pydantic import Field

from answering import Call, answer, answered, answered_unasked
from bodies import Given, body_of
from composition import Platform, platform
from funcyard.access.errors import ForbiddenError, OrganisationInactiveError
from funcyard.access.granting import Permission
from funcyard.workspace.connections.model import DEFAULT_BRANCH
from funcyard.workspace.jobs.messages import POISON_QUEUE, QUEUE, MessageError, parse
from funcyard.workspace.jobs.model import Status
from funcyard.workspace.scopes import GLOBAL, InvalidScopeError, Scope
from funcyard.workspace.webhook.delivery import LARGEST_BODY, BodyTooLargeError, SignatureError
from request_errors import BadRequestError
from web import Request, Response

if TYPE_CHECKING:
    from funcyard.workspace.connections.service import Outcome
    from queries import Query

blueprint = func.Blueprint()

_STORAGE: Final = "AzureWebJobsStorage"
_LONGEST_ID: Final = 63
_log = logging.getLogger("funcyard.platform")


class ConnectBody(Given):
    """A repository to be connected."""

    repositoryUrl: str = Field(max_length=2000)  # noqa: N815 - as the contract spells it
    repositoryBranch: str = Field(DEFAULT_BRANCH, max_length=255)  # noqa: N815
    personalAccessToken: str = Field(max_length=500, repr=False)  # noqa: N815


class ConnectionChange(Given):
    """What changes of a connection."""

    repositoryBranch: str | None = Field(None, max_length=255)  # noqa: N815
    isEnabled: bool | None = None  # noqa: N815
    personalAccessToken: str | None = Field(None, max_length=500, repr=False)  # noqa: N815


class SyncBody(Given):
    """How a sync is done."""

    verify: bool = False
    dryRun: bool = False  # noqa: N815
    allowEmpty: bool = False  # noqa: N815


@blueprint.route(route="github-connections", methods=["GET"])
@answered(Permission.ADMINISTER, query=("limit", "continuation"))
async def list_connections(call: Call) -> Response:
    """List connections: of the organisation that is named and of all, or every one."""
    limit = call.query.number("limit", 100, 1, 1000)
    after = call.query.text("continuation", longest=_LONGEST_ID, empty=True)
    if call.scope.organisation is not None:
        own = await call.platform.connections.of(GLOBAL, call.scope)
        return answer({"connections": [one.as_dict() for one in own]})
    page = await call.platform.connections.page(limit, after)
    shown = {"connections": [one.as_dict() for one in page.connections]}
    return answer(shown | ({"continuation": page.next} if page.next else {}))


@blueprint.route(route="github-connections", methods=["POST"])
@answered(Permission.ADMINISTER)
async def connect(call: Call) -> Response:
    """Connect the scope to a repository, and queue its first sync."""
    body = await call.given(ConnectBody)
    made = await call.platform.connections.create(
        call.scope,
        body.repositoryUrl,
        body.personalAccessToken,
        branch=body.repositoryBranch,
        by=call.by,
    )
    call.platform.wake(call.scope)
    place = {"Location": f"/api/github-connections/{call.scope}"}
    return answer(_outcome(made), 201, place)


@blueprint.route(route="github-connections/{scope}", methods=["GET"])
@answered(Permission.ADMINISTER)
async def read_connection(call: Call) -> Response:
    """Return a connection."""
    return answer((await call.platform.connections.get(_scope(call))).as_dict())


@blueprint.route(route="github-connections/{scope}", methods=["PUT"])
@answered(Permission.ADMINISTER)
async def change_connection(call: Call) -> Response:
    """Follow another branch, stop or go on following, or use another token."""
    scope, body = await _served(call), await call.given(ConnectionChange)
    changed = await call.platform.connections.update(
        scope,
        branch=body.repositoryBranch,
        enabled=body.isEnabled,
        token=body.personalAccessToken,
    )
    if changed.job:
        call.platform.wake(scope)
    return answer(_outcome(changed))


@blueprint.route(route="github-connections/{scope}", methods=["DELETE"])
@answered(Permission.ADMINISTER)
async def disconnect(call: Call) -> Response:
    """Disconnect a scope: its files stay and can be edited at once."""
    left = await call.platform.connections.delete(_scope(call))
    # A header's value is one line of Latin-1.
    said = " ".join(left.encode("latin-1", "replace").decode("latin-1").split())
    return Response(status_code=204, headers={"X-Webhook-Left": said} if said else None)


@blueprint.route(route="github-connections/{scope}/rotate-secret", methods=["POST"])
@answered(Permission.ADMINISTER)
async def rotate_secret(call: Call) -> Response:
    """Have the webhook sign with a new secret; for a day the one before counts, too."""
    return answer(_outcome(await call.platform.connections.rotate(_scope(call))))


@blueprint.route(route="github-connections/{scope}/sync", methods=["POST"])
@answered(Permission.ADMINISTER)
async def sync(call: Call) -> Response:
    """Sync now; or tell what that would do."""
    scope, body = await _served(call), await call.given(SyncBody)
    connection = await call.platform.connections.get(scope)
    if body.dryRun:
        planned = await call.platform.plan(connection, allow_empty=body.allowEmpty)
        return answer(planned.as_dict())
    job = await call.platform.intake.request(
        connection, "resync", full=body.verify, allow_empty=body.allowEmpty
    )
    call.platform.wake(scope)
    return answer({"jobId": job}, 202, {"Location": f"/api/sync-jobs/{job}"})


@blueprint.route(route="github-webhook", methods=["POST"])
@answered_unasked(query=("connection",))
async def github_webhook(request: Request, platform: Platform, query: Query) -> Response:
    """Take a delivery of GitHub's; its signature tells whose it is."""
    name = query.values.get("connection", "")
    try:
        scope = Scope(name) if name else None
    except InvalidScopeError:
        raise SignatureError("no connection has signed this") from None
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length[:16]) > LARGEST_BODY:
        raise BodyTooLargeError(f"the body is larger than {LARGEST_BODY >> 20} MB")
    body = await body_of(request, LARGEST_BODY, BodyTooLargeError)
    taken = await platform.receiver.receive(dict(request.headers.items()), body, scope)
    if taken.scope is not None:
        platform.wake(taken.scope)
    return answer(taken.as_dict(), 202 if taken.accepted else 200)


@blueprint.route(route="sync-jobs", methods=["GET"])
@answered(Permission.ADMINISTER, query=("status", "limit", "continuation"))
async def list_jobs(call: Call) -> Response:
    """List the scope's syncs, the newest first, a page at a time."""
    status = call.query.one_of("status", tuple(Status))
    page = await call.platform.jobs.page(
        call.scope,
        status=Status(status) if status else None,
        limit=call.query.number("limit", 20, 1, 100),
        after=call.query.continuation(),
    )
    shown = {"jobs": [one.as_dict() for one in page.jobs]}
    return answer(shown | ({"continuation": page.next} if page.next else {}))


@blueprint.route(route="sync-jobs/{job}", methods=["GET"])
@answered(Permission.ADMINISTER)
async def read_job(call: Call) -> Response:
    """Return a sync by its id, or the newest of a commit."""
    return answer((await call.platform.jobs.get(call.scope, call.path("job"))).as_dict())


@blueprint.queue_trigger(arg_name="message", queue_name=QUEUE, connection=_STORAGE)
async def run_sync(message: func.QueueMessage) -> None:
    """Run what a message names, and have the engine get to know what it published."""
    services = await platform()
    scope, job = parse(message.get_body().decode())
    if await services.runner.run(scope, job):
        services.published(scope)


@blueprint.queue_trigger(arg_name="message", queue_name=POISON_QUEUE, connection=_STORAGE)
async def tell_poisoned(message: func.QueueMessage) -> None:
    """Say that the queue gave up on a message; the timer sends another for a job that waits."""
    try:
        scope, job = parse(message.get_body().decode("utf-8", "replace"))
    except MessageError as fault:
        _log.warning("a message of the queue %s was dropped: %s", QUEUE, fault.message)
    else:
        _log.warning(
            "the queue gave up on sync %s of %s, which could not be begun; the timer tries again",
            job,
            scope,
        )


def _scope(call: Call) -> Scope:
    """Return the scope that the address names.

    Raises:
        BadRequestError: It is none.
        ForbiddenError: The call is for another organisation.
    """
    try:
        scope = Scope(call.path("scope"))
    except InvalidScopeError as fault:
        raise BadRequestError(fault.message) from None
    if call.scope.organisation is not None and scope != call.scope:
        raise ForbiddenError("X-Organization-Id names another organisation")
    return scope


async def _served(call: Call) -> Scope:
    """Return the scope that the address names, where anything is done for it.

    Raises:
        BadRequestError: It is none.
        ForbiddenError: The call is for another organisation.
        OrganisationInactiveError: It is not active.
    """
    scope = _scope(call)
    found = await call.platform.directory.find(scope.organisation or "")
    if found is not None and not found.is_active:
        raise OrganisationInactiveError(f"{scope} is not active", hint="activate it first")
    return scope


def _outcome(outcome: Outcome) -> dict[str, object]:
    connection, registration = outcome.connection, outcome.registration
    webhook: dict[str, object] = {"registered": not registration.fault}
    if registration.fault:
        webhook["reason"] = registration.fault
    if outcome.secret is not None:
        webhook["secret"] = outcome.secret
    return {
        "connection": connection.as_dict(),
        "webhookUrl": connection.webhook_url or None,
        "webhook": webhook,
        "jobId": outcome.job or None,
    }
