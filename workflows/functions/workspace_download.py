"""A workspace as a ZIP file, streamed."""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import azure.functions as func

from answering import Call, answered
from funcyard.access.granting import Permission
from funcyard.workspace.archive import CONTENT_TYPE, archive, stored_length
from versions import manifest_of
from web import Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.workspace.versions.contents import Contents
    from funcyard.workspace.versions.manifest import Manifest

blueprint = func.Blueprint()


@blueprint.route(route="workspace/download", methods=["GET"])
@answered(Permission.ADMINISTER)
async def download(call: Call) -> Response:
    """Send a version as a ZIP file: chunked, or with its length where nothing is compressed."""
    stored = call.flag("stored")
    found = await manifest_of(call)
    manifest = None if found is None else found[1]
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    headers = {
        "Content-Disposition": f'attachment; filename="workspace-{now}.zip"',
        "Cache-Control": "no-store",
    }
    if found is not None:
        headers["ETag"] = f'"{found[0]}{"-stored" if stored else ""}"'
    if stored:
        headers["Content-Length"] = str(stored_length(manifest))
    pieces = _pieces(call.platform.versions.contents, manifest, stored=stored)
    return StreamingResponse(pieces, 200, headers, CONTENT_TYPE)


async def _pieces(
    contents: Contents, manifest: Manifest | None, *, stored: bool
) -> AsyncIterator[bytes]:
    async with aclosing(archive(contents, manifest, stored=stored)) as pieces:
        async for piece in pieces:
            yield piece
