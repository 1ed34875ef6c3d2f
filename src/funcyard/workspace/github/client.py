"""The calls. A repository is reached with the token of its own connection, sent nowhere else.

A list's next page is fetched only where it is at the same address.
"""

from __future__ import annotations

from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from yarl import URL

from funcyard.workspace.github.answers import Hook, Repository
from funcyard.workspace.github.errors import GitHubNotFoundError
from funcyard.workspace.github.names import RepositoryName
from funcyard.workspace.github.transport import Answer, Transport, unreadable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from types import TracebackType

    from funcyard.workspace.git.address import RepositoryUrl
    from funcyard.workspace.git.token import Token

PUBLIC_API: Final = "https://api.github.com"
PUBLIC_HOST: Final = "github.com"
_EVENTS: Final = ("push",)
_PAGE: Final = 100
_MOST_PAGES: Final = 20
_HOOKS: Final = TypeAdapter(tuple[Hook, ...])
_Model = TypeVar("_Model", bound=BaseModel)


class GitHub:
    """The API of one host; ``async with`` it.

    Args:
        api: Its base address.
        host: Whose repositories it knows, with the port where one is said: a token of another
            host is never sent to this API.
        proxy: Address of an HTTP proxy.
        patience: How many seconds of a rate limit are waited for; a longer one is an error.
        timeout: Of a request, in seconds.
    """

    def __init__(
        self,
        api: str = PUBLIC_API,
        host: str = PUBLIC_HOST,
        *,
        proxy: str | None = None,
        patience: float = 5,
        timeout: float = 20,
    ) -> None:
        self._api = URL(api.rstrip("/"))
        self._host = host
        self._transport = Transport(proxy=proxy, patience=patience, timeout=timeout)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._transport.__aexit__(kind, fault, trace)

    def knows(self, url: RepositoryUrl) -> bool:
        """Whether a repository is of the host whose API this is."""
        return url.host.removeprefix("www.") == self._host

    async def repository(self, url: RepositoryUrl, token: Token) -> Repository:
        """Return a repository as the token sees it.

        Raises:
            GitHubError: It cannot be seen, by its class.
        """
        place = self._at(url)
        answer = await self._transport.call("GET", place, token)
        return _read(Repository, answer, place)

    async def find_hook(self, url: RepositoryUrl, delivers_to: str, token: Token) -> Hook | None:
        """Return the webhook that delivers to an address, None where there is none.

        Raises:
            GitHubError: They cannot be listed.
        """
        async with aclosing(self._hooks(url, token)) as hooks:
            async for hook in hooks:
                if hook.config.url == delivers_to:
                    return hook
        return None

    async def create_hook(
        self, url: RepositoryUrl, delivers_to: str, secret: str, token: Token
    ) -> Hook:
        """Make a webhook for pushes.

        Raises:
            GitHubError: It cannot be made.
        """
        place = self._at(url, "hooks")
        wanted = {"name": "web", **_wanted(delivers_to, secret)}
        answer = await self._transport.call("POST", place, token, wanted)
        return _read(Hook, answer, place)

    async def update_hook(
        self, url: RepositoryUrl, hook: int, delivers_to: str, secret: str, token: Token
    ) -> Hook:
        """Bring a webhook to what it would be if it was made anew.

        Raises:
            GitHubNotFoundError: It is gone.
            GitHubError: It cannot be changed.
        """
        place = self._at(url, "hooks", str(hook))
        answer = await self._transport.call("PATCH", place, token, _wanted(delivers_to, secret))
        return _read(Hook, answer, place)

    async def delete_hook(self, url: RepositoryUrl, hook: int, token: Token) -> None:
        """Remove a webhook; one that is gone is no fault.

        Raises:
            GitHubError: It cannot be removed.
        """
        with suppress(GitHubNotFoundError):
            await self._transport.call("DELETE", self._at(url, "hooks", str(hook)), token)

    async def ping_hook(self, url: RepositoryUrl, hook: int, token: Token) -> None:
        """Have a webhook deliver a ping.

        Raises:
            GitHubError: It cannot.
        """
        await self._transport.call("POST", self._at(url, "hooks", str(hook), "pings"), token)

    async def _hooks(self, url: RepositoryUrl, token: Token) -> AsyncGenerator[Hook]:
        place: URL | None = self._at(url, "hooks").with_query(per_page=_PAGE)
        for _ in range(_MOST_PAGES):
            if place is None:
                return
            answer = await self._transport.call("GET", place, token)
            try:
                hooks = _HOOKS.validate_python(answer.body)
            except ValidationError:
                raise unreadable(place) from None
            for hook in hooks:
                yield hook
            place = _next_page(answer, place)

    def _at(self, url: RepositoryUrl, *rest: str) -> URL:
        name = RepositoryName.of(url)
        return self._api.joinpath("repos", name.owner, name.name, *rest)


def _read(kind: type[_Model], answer: Answer, place: URL) -> _Model:
    try:
        return kind.model_validate(answer.body)
    except ValidationError:
        raise unreadable(place) from None


def _wanted(delivers_to: str, secret: str) -> dict[str, Any]:
    return {
        "active": True,
        "events": list(_EVENTS),
        "config": {
            "url": delivers_to,
            "content_type": "json",
            "secret": secret,
            "insecure_ssl": "0",
        },
    }


def _next_page(answer: Answer, place: URL) -> URL | None:
    """Return the address that the ``Link`` header names, where it is one of the API's own."""
    for link in answer.headers.get("Link", "").split(","):
        target, _, rest = link.strip().partition(">")
        if 'rel="next"' in rest and target.startswith("<"):
            with suppress(ValueError):
                found = URL(target[1:])
                return found if found.origin() == place.origin() else None
    return None
