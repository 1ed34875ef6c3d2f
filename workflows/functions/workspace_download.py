"""A workspace as a ZIP file, streamed."""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import azure.functions as func

from answering import Call, answered
from conditions import is_known, quoted
from funcyard.access.granting import Permission
from funcyard.workspace.archive import CONTENT_TYPE, archive, stored_length
from versions import manifest_of
from web import Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.workspace.versions.manifest import Manifest

blueprint = func.Blueprint()


@blueprint.route(route="workspace/download", methods=["GET", "HEAD"])
@answered(Permission.ADMINISTER, query=("stored", "version"))
async def download(call: Call) -> Response:
    """Send a version as a ZIP file: chunked, or with its length where nothing is compressed.

    Stored it is the same bytes for the same version for ever; compressed it is only as good as the
    same, which is what a weak ETag says. Where only the head is asked for, nothing is packed.
    """
    stored = call.query.flag("stored")
    found = await manifest_of(call)
    manifest = None if found is None else found[1]
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    headers = {
        "Content-Disposition": f'attachment; filename="workspace-{now}.zip"',
        "Cache-Control": "no-store",
    }
    if found is not None:
        name = f"{found[0]}-stored" if stored else str(found[0])
        headers["ETag"] = quoted(name) if stored else f"W/{quoted(name)}"
        if is_known(call.request, name):
            return Response(status_code=304, headers=headers)
    if stored:
        headers["Content-Length"] = str(stored_length(manifest))
    return StreamingResponse(_pieces(call, manifest, stored=stored), 200, headers, CONTENT_TYPE)


async def _pieces(call: Call, manifest: Manifest | None, *, stored: bool) -> AsyncIterator[bytes]:
    if call.request.method == "HEAD":
        return
    contents = call.platform.versions.contents
    async with aclosing(archive(contents, manifest, stored=stored)) as pieces:
        async for piece in pieces:
            yield piece
