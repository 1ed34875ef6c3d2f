"""One request to a registry, taken apart, and what answers it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote

from funcyard.emulator.http import GoneError
from funcyard.emulator.registries import errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.http import Receive, Scope, Send
    from funcyard.emulator.registries.access import Access, Grant
    from funcyard.emulator.registries.store import RegistryStore

VERSION: Final = {"docker-distribution-api-version": "registry/2.0"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        status: Of HTTP.
        headers: Beside those that all have.
        body: Whole.
        content: Instead of a body, in parts whose length a header tells.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content: AsyncIterator[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A request.

    Attributes:
        store: What the registry keeps.
        clock: Its time.
        access: Who may what.
        method: In capitals.
        path: Decoded.
        query: All values of each parameter, decoded.
        headers: Names in lower case.
        receive: Brings its body.
    """

    store: RegistryStore
    clock: Clock
    access: Access
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    receive: Receive

    def parameter(self, name: str) -> str:
        """Return the last value of a parameter; nothing where it has none."""
        return self.query.get(name, [""])[-1]

    def granted(self, scope: str, repository: str, *actions: str) -> Grant:
        """Return what the sender may, which covers some actions in a repository.

        Args:
            scope: What a token is to be asked for, where it does not.
            repository: The repository.
            actions: In it.

        Raises:
            RegistryError: It does not.
        """
        grant = self.access.grant(self.headers.get("authorization", ""))
        if grant is None:
            raise errors.unauthorized(self.access.challenge(scope))
        if all(grant.may(repository, action) for action in actions):
            return grant
        kind, _, rest = scope.partition(":")
        name, _, words = rest.rpartition(":")
        detail = [{"Type": kind, "Name": name, "Action": word} for word in words.split(",")]
        raise errors.unauthorized(self.access.challenge(scope, "insufficient_scope"), detail)

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes.

        Raises:
            GoneError: The client went away.
        """
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise GoneError
            if chunk := message.get("body", b""):
                yield chunk
            if not message.get("more_body"):
                return

    async def body(self, most: int) -> bytes:
        """Return the body, whole.

        Raises:
            GoneError: The client went away.
            RegistryError: It is too large.
        """
        whole = bytearray()
        async for chunk in self.parts():
            whole += chunk
            if len(whole) > most:
                raise errors.too_large(most)
        return bytes(whole)


def call_of(
    scope: Scope, receive: Receive, store: RegistryStore, clock: Clock, access: Access
) -> Call:
    """Return a request of an ASGI server."""
    return Call(
        store,
        clock,
        access,
        scope["method"],
        unquote(scope["raw_path"].decode("latin-1")),
        parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        {
            name.decode("latin-1").lower(): value.decode("latin-1").strip()
            for name, value in scope["headers"]
        },
        receive,
    )


def document(status: int, body: object, headers: Mapping[str, str] | None = None) -> Reply:
    """Return an answer in JSON."""
    told = {"content-type": "application/json; charset=utf-8", **(headers or {})}
    return Reply(status, told, json.dumps(body).encode())


async def send_reply(send: Send, reply: Reply, *, is_head: bool) -> None:
    """Send an answer; to HEAD its headers only."""
    headers = {**VERSION, "content-length": str(len(reply.body)), **reply.headers}
    if reply.status == 204:  # noqa: PLR2004 - which has no body
        del headers["content-length"]
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    if reply.content is not None and not is_head:
        async for chunk in reply.content:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    body = b"" if is_head or reply.content is not None else reply.body
    await send({"type": "http.response.body", "body": body})
