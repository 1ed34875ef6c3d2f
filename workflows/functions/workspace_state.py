"""What a workspace is and was: status, versions, rollback, search."""

from __future__ import annotations

from contextlib import aclosing, suppress

import azure.functions as func

import documents
from answering import Call, answer, answered
from bodies import Given
from conditions import condition_of, quoted
from funcyard.access.granting import Permission
from funcyard.workflows.worker.modules import PACKAGES
from funcyard.workspace.paths import LONGEST_PATH
from funcyard.workspace.reading import current_version, kept_versions
from funcyard.workspace.searching import Query, SearchTimeoutError, search
from request_errors import BadRequestError
from versions import manifest_of, version_name
from web import Response

blueprint = func.Blueprint()


class RollbackBody(Given):
    """To which version; the one before the current where none is named."""

    version: str | None = None


@blueprint.route(route="workspace/status", methods=["GET"])
@answered(Permission.ADMINISTER)
async def workspace_status(call: Call) -> Response:
    """Tell whether the workspace can be edited, what runs and what the view shows."""
    state = await call.platform.versions.ledger.read(call.scope)
    found = await current_version(call.platform.versions, call.scope)
    connection = await call.platform.connection_of(call.scope)
    followed = connection is not None and connection.active
    manifest = None if found is None else found[1]
    root = call.platform.settings.workspace / call.scope.root
    packages = await call.platform.engine.packages_changed(root.as_posix())
    return answer(
        {
            "mode": "github-sync" if followed else "manual-edit",
            "isReadOnly": followed,
            "version": None if found is None else str(found[0]),
            "view": {
                "version": None if state.view is None else str(state.view),
                "state": "clean" if state.view_clean else "behind",
            },
            "packages": None
            if packages is None
            else {"folder": PACKAGES, "changedAt": documents.moment(packages)},
            "leftOut": [one.as_dict() for one in state.left_out],
            "leftOutCount": state.left_out_count,
            "githubConnection": None if connection is None else _short(connection.as_dict()),
            "statistics": {
                "totalFiles": 0 if manifest is None else len(manifest.files),
                "totalDirectories": 0 if manifest is None else len(manifest.folders()),
                "totalSize": 0 if manifest is None else manifest.size,
                "lastModified": None if manifest is None else documents.moment(manifest.created),
            },
        }
    )


@blueprint.route(route="workspace/versions", methods=["GET"])
@answered(Permission.ADMINISTER)
async def list_versions(call: Call) -> Response:
    """List the versions that can be rolled back to, the newest first."""
    state = await call.platform.versions.ledger.read(call.scope)
    current = "" if state.current is None else str(state.current)
    kept = await kept_versions(call.platform.versions, state)
    named = any(one.name == state.previous for one in kept)
    return answer(
        {
            "current": current or None,
            "previous": str(state.previous) if named else None,
            "versions": [documents.kept(version, current) for version in kept],
        },
        headers={"ETag": quoted(current)} if current else None,
    )


@blueprint.route(route="workspace/rollback", methods=["POST"])
@answered(Permission.ADMINISTER)
async def roll_back(call: Call) -> Response:
    """Make a new version with an older one's files."""
    body = await call.given(RollbackBody)
    to = None if body.version is None else version_name(body.version)
    done = await call.platform.workspace.roll_back(
        call.scope, to, by=call.by, condition=condition_of(call.request), wait=10
    )
    call.platform.published(call.scope)
    return answer(done.as_dict(), headers={"ETag": quoted(str(done.version))})


@blueprint.route(route="workspace/search", methods=["GET"])
@answered(Permission.ADMINISTER, query=("q", "regex", "case", "path", "limit", "version"))
async def search_workspace(call: Call) -> Response:
    """Find a text, or a pattern, in the files of the workspace."""
    text = call.query.text("q")
    if not text:
        raise BadRequestError.of("q", "is missing")
    query = Query(
        text=text,
        is_pattern=call.query.flag("regex"),
        case=call.query.flag("case"),
        glob=call.query.text("path", longest=LONGEST_PATH, empty=True) or "*",
        limit=call.query.number("limit", 200, 1, 1000),
    )
    found = await manifest_of(call)
    matches: list[documents.Document] = []
    timely = False
    if found is not None:
        with suppress(SearchTimeoutError):
            async with aclosing(search(call.platform.versions, found[1], query)) as finding:
                async for match in finding:
                    matches.append(documents.match(match))  # noqa: PERF401 - kept when time is over
            timely = True
    complete = found is None or (timely and len(matches) < query.limit)
    return answer({"matches": matches, "complete": complete})


def _short(connection: dict[str, object]) -> documents.Document:
    last = connection["lastSync"]
    return {
        "repositoryUrl": connection["repositoryUrl"],
        "branch": connection["repositoryBranch"],
        "isEnabled": connection["isEnabled"],
        "lastSyncTimestamp": last["timestamp"] if isinstance(last, dict) else None,
        "lastSyncStatus": last["status"] if isinstance(last, dict) else None,
    }
