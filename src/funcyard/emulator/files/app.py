"""The ASGI application: takes a request apart, has it judged and carried out, and answers it.

Raw ASGI, as the local host is. Everything that is done to the store is done between two awaits, so
one request after another; only bodies come and go in pieces.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import functools
import hashlib
import logging
import os
import uuid
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.files import authentication, names, routes, times, xml
from funcyard.emulator.files.call import Answer, Call, Content, Staged
from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.operation import LARGEST_DATA, LARGEST_DOCUMENT
from funcyard.emulator.files.operations import sources
from funcyard.emulator.files.request import METADATA, Request, address_of
from funcyard.emulator.files.signature import query_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping

    from funcyard.emulator.files.store.store import Store

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_LOGGER = logging.getLogger(__name__)
_SERVER: Final = "Windows-Azure-File/1.0 Funcyard"
_BLOCK: Final = 256 * 1024
_LONGEST_ECHO: Final = 1024
_CONDITIONS: Final = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
_REFUSALS: Final = {
    errno.ENOSPC: "ShareSizeLimitReached",
    errno.EDQUOT: "ShareSizeLimitReached",
    errno.EFBIG: "ShareSizeLimitReached",
    errno.ENAMETOOLONG: "InvalidFileOrDirectoryPathName",
    errno.EILSEQ: "InvalidResourceName",
    errno.ENOTEMPTY: "DirectoryNotEmpty",
    errno.EEXIST: "ResourceAlreadyExists",
    errno.ENOENT: "ResourceNotFound",
    errno.EACCES: "InsufficientAccountPermissions",
    errno.EPERM: "InsufficientAccountPermissions",
    errno.EROFS: "InsufficientAccountPermissions",
}


class GoneError(Exception):
    """The client went away before its request had come."""


class CaseKept(bytes):
    """A header's name that a server, which lowers names, sends as it is: metadata keeps case."""

    __slots__ = ()

    def lower(self) -> CaseKept:
        """Return the name as it is."""
        return self


class FilesApp:
    """The file service of some accounts.

    Args:
        store: What it keeps.
        keys: Account name to its keys, in base64.
    """

    def __init__(self, store: Store, keys: Mapping[str, tuple[str, ...]]) -> None:
        self._store = store
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = request_of(scope)
        identifier = str(uuid.uuid4())
        try:
            answer = await self._answer(request, receive)
        except GoneError:
            return
        except StorageError as fault:
            answer = _refusal(fault, identifier)
        except OSError as fault:
            answer = _refusal(_of_system(fault), identifier)
        except Exception:
            _LOGGER.exception("%s %s", request.method, request.raw_path)
            answer = _refusal(StorageError("InternalError"), identifier)
        await _send(send, request, answer, identifier)

    async def _answer(self, request: Request, receive: Receive) -> Answer:
        host = request.headers.get("host", "")
        address = address_of(host, request.raw_path, secure=request.secure)
        operation = routes.find(request, address)
        version_fault: StorageError | None = None
        try:
            authentication.check_version(request)
        except StorageError as fault:
            version_fault = fault
        grant = authentication.authenticate(
            request,
            address,
            operation,
            keys=self._keys,
            now=self._store.now(),
            policy=sources.policy_finder(self._store, address.account),
        )
        if version_fault is not None:
            raise version_fault
        if any(request.header(name) is not None for name in _CONDITIONS):
            raise StorageError("ConditionHeadersNotSupported")
        dots = request.flag("x-ms-allow-trailing-dot")
        call = functools.partial(
            Call,
            request,
            address,
            names.parts_of(address.path, trailing_dots=dots),
            grant,
            self._store,
            functools.partial(sources.resolve, keys=self._keys),
        )
        if operation.body == "document":
            return operation.handler(call(document=await _document(receive)))
        if operation.body == "data":
            async with self._staged(request, receive) as staged:
                return operation.handler(call(staged=staged))
        return operation.handler(call())

    @contextlib.asynccontextmanager
    async def _staged(self, request: Request, receive: Receive) -> AsyncIterator[Staged | None]:
        """Gather the request's data in a file, which is removed where nothing took it."""
        length = request.number("content-length")
        if length is None and "transfer-encoding" not in request.headers:
            yield None
            return
        if length is not None and length > LARGEST_DATA:
            raise StorageError("RequestBodyTooLarge", MaxLimit=str(LARGEST_DATA))
        path = self._store.staged()
        digest, size = hashlib.md5(usedforsecurity=False), 0
        try:
            with path.open("xb") as file:
                async for block in _blocks(receive):
                    size += len(block)
                    if size > LARGEST_DATA:
                        raise StorageError("RequestBodyTooLarge", MaxLimit=str(LARGEST_DATA))
                    digest.update(block)
                    file.write(block)
            yield Staged(path, size, base64.b64encode(digest.digest()).decode())
        finally:
            path.unlink(missing_ok=True)


def request_of(scope: Scope) -> Request:
    """Return the request of an ASGI scope."""
    headers: dict[str, str] = {}
    metadata: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1").strip()
        headers[name.lower()] = value
        if name.lower().startswith(METADATA):
            metadata[name[len(METADATA) :]] = value
    client = scope.get("client")
    return Request(
        method=scope["method"],
        raw_path=scope["raw_path"].decode("latin-1"),
        query=query_of(scope["query_string"].decode("latin-1")),
        headers=headers,
        metadata=metadata,
        client=client[0] if client else "",
        secure=scope.get("scheme") == "https",
    )


async def _document(receive: Receive) -> bytes:
    body = bytearray()
    async for block in _blocks(receive):
        body += block
        if len(body) > LARGEST_DOCUMENT:
            raise StorageError("RequestBodyTooLarge", MaxLimit=str(LARGEST_DOCUMENT))
    return bytes(body)


async def _blocks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        if block := message.get("body"):
            yield block
        if not message.get("more_body"):
            return


async def _send(send: Send, request: Request, answer: Answer, identifier: str) -> None:
    headers = {
        "Server": _SERVER,
        "x-ms-request-id": identifier,
        "x-ms-version": request.header("x-ms-version") or request.query.get("sv", ""),
        "Date": times.rfc1123(times.now()),
        **answer.headers,
    }
    echo = request.header("x-ms-client-request-id")
    if echo is not None and len(echo) <= _LONGEST_ECHO:
        headers["x-ms-client-request-id"] = echo
    body = answer.body
    headers.setdefault("Content-Length", str(0 if isinstance(body, Content) else len(body)))
    raw = [
        (_header_name(name), value.encode("latin-1", "replace"))
        for name, value in headers.items()
        if value
    ]
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        if isinstance(body, bytes):
            await send({"type": "http.response.body", "body": body})
            return
        await _send_content(send, body)
    finally:
        if isinstance(body, Content):
            os.close(body.file)


def _header_name(name: str) -> bytes:
    """Return a header's name; the server lowers it, but must know it, so only metadata is kept."""
    raw = name.encode("latin-1")
    return CaseKept(raw) if name.startswith(METADATA) else raw


async def _send_content(send: Send, content: Content) -> None:
    offset, end = content.offset, content.offset + content.size
    while offset < end:
        block = os.pread(content.file, min(_BLOCK, end - offset), offset)
        if not block:  # cut short through the mount meanwhile: the client must notice
            raise OSError(errno.EIO, "the file became shorter while it was read")
        offset += len(block)
        await send({"type": "http.response.body", "body": block, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _refusal(fault: StorageError, identifier: str) -> Answer:
    time = times.iso(times.now())
    body = xml.document(
        xml.element(
            "Error",
            xml.text("Code", fault.code)
            + xml.text("Message", f"{fault.message}\nRequestId:{identifier}\nTime:{time}")
            + "".join(xml.text(name, _shown(value)) for name, value in fault.detail.items()),
        )
    )
    headers = {"Content-Type": "application/xml", "x-ms-error-code": fault.code}
    if fault.code == "NoAuthenticationInformation":
        headers["WWW-Authenticate"] = "SharedKey"
    return Answer(fault.status, headers, body)


def _shown(value: str) -> str:
    """Return a value that a client sent as it can stand in XML."""
    return "".join(one if xml.holds(one) else "?" for one in value)


def _of_system(fault: OSError) -> StorageError:
    code = _REFUSALS.get(fault.errno or 0)
    if code is None:
        _LOGGER.error("the file system refuses", exc_info=fault)
        return StorageError("InternalError")
    return StorageError(code)
