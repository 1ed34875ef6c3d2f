"""Files and folders of a workspace: specs/contracts/workspace-files-api.yaml."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final, Literal

import azure.functions as func
from pydantic import Field

import documents
from answering import Call, answer, answered
from bodies import Given, body_of, json_body, parsed
from conditions import condition_of, is_known, prefers_raw, quoted
from funcyard.access.granting import Permission
from funcyard.workspace import reading
from funcyard.workspace.editing import MOST_BYTES, FileTooLargeError
from request_errors import BadRequestError
from versions import manifest_of
from web import Response

if TYPE_CHECKING:
    from funcyard.workspace.editing import Edited

blueprint = func.Blueprint()

_JSON_BYTES: Final = 6 * MOST_BYTES + 4096
"""JSON may spell one byte with six characters."""

_RAW: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
    "Cache-Control": "no-store",
}


class FileBody(Given):
    """A file to be written."""

    content: str
    contentType: str | None = None  # noqa: N815 - as the contract spells it
    encoding: Literal["utf-8", "base64"] = "utf-8"


class MoveBody(Given):
    """What moves where."""

    source: str = Field(alias="from")
    to: str
    overwrite: bool = False


@blueprint.route(route="workspace/files", methods=["GET"])
@answered(Permission.ADMINISTER, query=("path", "recursive", "version"))
async def list_files(call: Call) -> Response:
    """List a folder of the workspace."""
    folder = call.query.text("path", empty=True)
    deep = call.query.flag("recursive", default=True)
    found = await manifest_of(call)
    manifest = None if found is None else found[1]
    created = None if manifest is None else manifest.created
    listed = reading.list_folder(manifest, folder, deep=deep)
    tag = quoted(listed.etag)
    return answer(
        {
            "path": folder,
            "etag": tag,
            "version": None if found is None else str(found[0]),
            "items": [documents.item(entry, created) for entry in listed.entries],
        },
        headers={"ETag": tag},
    )


@blueprint.route(route="workspace/files/{*filePath}", methods=["GET", "HEAD"])
@answered(Permission.ADMINISTER, query=("version",))
async def read_file(call: Call) -> Response:
    """Read a file, as JSON or raw; the host sends no body where only the head is asked for."""
    version, path = await manifest_of(call), call.place("filePath")
    entry = reading.find_in(None if version is None else version[1], path)
    tag = quoted(entry.etag)
    if is_known(call.request, entry.etag):
        return Response(status_code=304, headers={"ETag": tag, **_RAW})
    found = await reading.read_in(call.platform.versions, version, path)
    if kind := prefers_raw(call.request):
        charset = "; charset=utf-8" if kind == "text/plain" else ""
        return Response(found.content, 200, {"ETag": tag, "Content-Type": kind + charset, **_RAW})
    try:
        content, encoding = found.content.decode(), documents.UTF8
    except UnicodeDecodeError:
        content, encoding = base64.b64encode(found.content).decode(), documents.BASE64
    return answer(documents.file(found, content, encoding), headers={"ETag": tag})


@blueprint.route(route="workspace/files/{*filePath}", methods=["PUT"])
@answered(Permission.ADMINISTER)
async def write_file(call: Call) -> Response:
    """Write a file, from JSON or from a raw body."""
    path = call.place("filePath")
    edited = await call.platform.editor.put(
        call.scope,
        path,
        await _content(call, path),
        by=call.by,
        condition=condition_of(call.request),
    )
    call.platform.published(call.scope)
    return _edited(edited, {"path": path}, 201 if edited.created else 200)


@blueprint.route(route="workspace/files/{*filePath}", methods=["DELETE"])
@answered(Permission.ADMINISTER)
async def delete_file(call: Call) -> Response:
    """Remove a file."""
    condition = condition_of(call.request)
    await call.platform.editor.delete(
        call.scope, call.place("filePath"), by=call.by, condition=condition
    )
    call.platform.published(call.scope)
    return Response(status_code=204)


@blueprint.route(route="workspace/directories/{*dirPath}", methods=["POST"])
@answered(Permission.ADMINISTER)
async def make_directory(call: Call) -> Response:
    """Make a folder."""
    path = call.place("dirPath")
    condition = condition_of(call.request)
    edited = await call.platform.editor.make_directory(
        call.scope, path, by=call.by, condition=condition
    )
    return _edited(edited, {"path": path, "message": f"{path} was made"}, 201)


@blueprint.route(route="workspace/directories/{*dirPath}", methods=["DELETE"])
@answered(Permission.ADMINISTER)
async def remove_directory(call: Call) -> Response:
    """Remove a folder and all that is in it."""
    condition = condition_of(call.request)
    await call.platform.editor.remove_directory(
        call.scope, call.place("dirPath"), by=call.by, condition=condition
    )
    call.platform.published(call.scope)
    return Response(status_code=204)


@blueprint.route(route="workspace/move", methods=["POST"])
@answered(Permission.ADMINISTER)
async def move(call: Call) -> Response:
    """Move or rename a file or a folder."""
    body = await call.given(MoveBody)
    edited = await call.platform.editor.move(
        call.scope,
        body.source,
        body.to,
        by=call.by,
        condition=condition_of(call.request),
        overwrite=body.overwrite,
    )
    call.platform.published(call.scope)
    return _edited(edited, {"from": body.source, "to": body.to}, 200)


async def _content(call: Call, path: str) -> bytes:
    """Return what a file shall hold.

    Raises:
        BadRequestError: The body cannot be meant.
        FileTooLargeError: It is larger than a file may be.
    """
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        return await body_of(call.request, MOST_BYTES, FileTooLargeError)
    body = parsed(FileBody, await json_body(call.request, _JSON_BYTES, FileTooLargeError))
    if body.encoding == documents.UTF8:
        try:
            return body.content.encode()
        except UnicodeEncodeError:
            raise BadRequestError("the content is no text") from None
    try:
        return base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequestError(f"the content of {path} is no base64") from None


def _edited(edited: Edited, about: documents.Document, status: int) -> Response:
    """Answer an edit after which something is at the path: with its ETag."""
    assert edited.etag is not None  # noqa: S101 - see above
    tag = quoted(edited.etag)
    told = {
        **about,
        "etag": tag,
        "version": None if edited.version is None else str(edited.version),
        "view": "clean" if edited.view_fault is None else "behind",
    }
    return answer(told, status, {"ETag": tag})
