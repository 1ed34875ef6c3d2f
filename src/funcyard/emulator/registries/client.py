"""A client of registries of this machine: manifests and blobs, pulled and pushed.

It proves who asks as the registry's challenge wants it: by user and password, or by a token of
Entra ID that is exchanged for the registry's own.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlencode, urlsplit

import aiohttp

from funcyard.emulator.registries.manifests import IMAGES, INDEXES, LARGEST
from funcyard.emulator.registries.references import digest_of, is_digest
from funcyard.emulator.registries.scopes import scope_of
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from pathlib import Path
    from types import TracebackType

_CHUNK: Final = 256 * 1024
_CONNECT_SECONDS: Final = 5
_SILENT_SECONDS: Final = 60
_SHOWN: Final = 2000
_UNAUTHORIZED: Final = (401, 403)
_NOT_FOUND: Final = 404
_GOOD: Final = (200, 201, 202)
_CHALLENGE: Final = re.compile(r'(\w+)="([^"]*)"')


class RegistryFaultError(FuncyardError):
    """A registry does not do what is asked of it."""

    code = "registry-refuses"


class RegistryUnauthorizedError(RegistryFaultError):
    """A registry does not let who asks."""

    code = "registry-unauthorized"


class ImageNotFoundError(RegistryFaultError):
    """A registry has no such image."""

    code = "image-not-found"


class RegistryUnreachableError(RegistryFaultError):
    """A registry cannot be reached."""

    code = "registry-unreachable"


class RegistryClient:
    """Asks a registry, as somebody.

    Args:
        server: Host and port.
        authority: File of the certificate by which it is trusted.
        username: With the password.
        password: Of a user.
        token: Returns a token of Entra ID; None where a password is given, or nothing.
    """

    def __init__(
        self,
        server: str,
        authority: Path,
        *,
        username: str = "",
        password: str = "",
        token: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self._server = server
        self._authority = authority
        self._basic = f"{username}:{password}" if username else ""
        self._token = token
        self._refresh = ""
        self._tokens: dict[str, str] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Begin to ask."""
        trust = ssl.create_default_context(cafile=str(self._authority))
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENT_SECONDS
        )
        connector = aiohttp.TCPConnector(ssl=trust)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask no more."""
        if self._session is not None:
            await self._session.close()

    async def manifest(self, repository: str, version: str) -> tuple[bytes, str]:
        """Return the content of a manifest, and its media type.

        Raises:
            RegistryFaultError: It is not had.
        """
        accepted = {"accept": ", ".join((*IMAGES, *INDEXES))}
        path = f"/v2/{repository}/manifests/{version}"
        async with self._asked("GET", path, scope_of(repository, "pull"), accepted) as answer:
            content = await answer.content.read(LARGEST + 1)
            while len(content) <= LARGEST and (more := await answer.content.read(_CHUNK)):
                content += more
            kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        if len(content) > LARGEST or (is_digest(version) and digest_of(content) != version):
            raise RegistryFaultError(f"{self._server} answers with another manifest")
        return content, kind

    async def save_blob(self, repository: str, digest: str, path: Path) -> None:
        """Write a blob to a file, which is whole or, where it cannot be had, of no use.

        Raises:
            RegistryFaultError: It is not had, or has another digest.
        """
        found = hashlib.sha256()
        where = f"/v2/{repository}/blobs/{digest}"
        async with self._asked("GET", where, scope_of(repository, "pull")) as answer:
            with path.open("wb") as file:
                async for chunk in answer.content.iter_chunked(_CHUNK):
                    found.update(chunk)
                    await asyncio.to_thread(file.write, chunk)
        if f"sha256:{found.hexdigest()}" != digest:
            raise RegistryFaultError(f"{self._server} answers with another blob than {digest}")

    async def push_blob(self, repository: str, digest: str, content: bytes | Path) -> bool:
        """Send a blob, unless it is there; return whether it was sent.

        Raises:
            RegistryFaultError: It is not taken.
        """
        scope = scope_of(repository, "pull", "push")
        try:
            async with self._asked("HEAD", f"/v2/{repository}/blobs/{digest}", scope):
                return False
        except ImageNotFoundError:
            pass
        async with self._asked("POST", f"/v2/{repository}/blobs/uploads/", scope) as answer:
            where = answer.headers["location"]
        mark = "&" if "?" in where else "?"
        headers = {"content-type": "application/octet-stream"}
        path = f"{where}{mark}digest={digest}"
        if isinstance(content, bytes):
            async with self._asked("PUT", path, scope, headers, content):
                return True
        with content.open("rb") as file:
            async with self._asked("PUT", path, scope, headers, file):
                return True

    async def push_manifest(
        self, repository: str, version: str, content: bytes, media_type: str
    ) -> str:
        """Send a manifest, all of whose blobs are there; return its digest.

        Raises:
            RegistryFaultError: It is not taken.
        """
        scope = scope_of(repository, "pull", "push")
        path = f"/v2/{repository}/manifests/{version}"
        async with self._asked("PUT", path, scope, {"content-type": media_type}, content):
            return digest_of(content)

    async def pages(self, path: str, scope: str, member: str) -> list[str]:
        """Return a list that comes in pages, whole.

        Raises:
            RegistryFaultError: It is not had.
        """
        found: list[str] = []
        while path:
            async with self._asked("GET", path, scope) as answer:
                found += (await answer.json())[member]
                link = re.match("<([^>]+)>", answer.headers.get("link", ""))
            path = link[1] if link else ""
        return found

    @asynccontextmanager
    async def _asked(
        self,
        method: str,
        path: str,
        scope: str,
        headers: Mapping[str, str] | None = None,
        data: Any = None,  # noqa: ANN401 - bytes or a file, as aiohttp takes it
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield a good answer, got as whoever asks may get it."""
        assert self._session is not None  # noqa: S101 - it is asked inside of its context
        url = f"https://{self._server}{path}" if path.startswith("/") else path
        sent = {**(headers or {}), **await self._authorization(scope)}
        try:
            async with self._session.request(method, url, headers=sent, data=data) as answer:
                if answer.status not in _GOOD:
                    raise _fault(answer.status, await answer.text(errors="replace"))
                yield answer
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise self._unreachable(fault) from fault

    async def _authorization(self, scope: str) -> dict[str, str]:
        """Return the header that proves who asks for a scope; none where nobody does."""
        if self._basic:
            return {"authorization": f"Basic {base64.b64encode(self._basic.encode()).decode()}"}
        if scope not in self._tokens:
            self._tokens[scope] = await self._scoped(scope)
        return {"authorization": f"Bearer {self._tokens[scope]}"}

    async def _scoped(self, scope: str) -> str:
        """Return a token of the registry for a scope: an identity's, or anybody's."""
        challenge = await self._challenge()
        form = {"service": challenge.get("service", ""), "scope": scope}
        realm = urlsplit(challenge.get("realm", ""))
        if realm.netloc != self._server:  # a token goes to the registry itself only
            raise RegistryUnauthorizedError(f"{self._server} sends elsewhere for a token")
        if self._token is None:
            return await self._told("GET", f"/oauth2/token?{urlencode(form)}", "access_token")
        if not self._refresh:
            entra = await self._token()
            given = {**form, "grant_type": "access_token", "access_token": entra}
            self._refresh = await self._told("POST", "/oauth2/exchange", "refresh_token", given)
        given = {**form, "grant_type": "refresh_token", "refresh_token": self._refresh}
        return await self._told("POST", "/oauth2/token", "access_token", given)

    async def _challenge(self) -> dict[str, str]:
        assert self._session is not None  # noqa: S101 - it is asked inside of its context
        try:
            async with self._session.get(f"https://{self._server}/v2/") as answer:
                return dict(_CHALLENGE.findall(answer.headers.get("www-authenticate", "")))
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise self._unreachable(fault) from fault

    async def _told(
        self, method: str, path: str, member: str, form: Mapping[str, str] | None = None
    ) -> str:
        """Return a member of what the registry answers about tokens."""
        assert self._session is not None  # noqa: S101 - it is asked inside of its context
        try:
            url = f"https://{self._server}{path}"
            async with self._session.request(method, url, data=form) as answer:
                text = await answer.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise self._unreachable(fault) from fault
        if answer.status not in _GOOD:
            raise _fault(answer.status, text)
        return str(json.loads(text)[member])

    def _unreachable(self, fault: BaseException) -> RegistryUnreachableError:
        return RegistryUnreachableError(f"{self._server} cannot be reached: {fault}")


def _fault(status: int, text: str) -> RegistryFaultError:
    told = text[:_SHOWN].strip() or f"status {status}"
    if status in _UNAUTHORIZED:
        return RegistryUnauthorizedError(told)
    if status == _NOT_FOUND:
        return ImageNotFoundError(told)
    return RegistryFaultError(told)
