"""What a registry has: repositories, and the tags of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from funcyard.emulator.registries import errors
from funcyard.emulator.registries.access import PULL
from funcyard.emulator.registries.call import document
from funcyard.emulator.registries.scopes import check_repository, scope_of

if TYPE_CHECKING:
    from funcyard.emulator.registries.call import Call, Reply

_LARGEST_PAGE: Final = 1000
_DEFAULT_PAGE: Final = 100


async def ping(call: Call) -> Reply:
    """Tell that this API is served, to who may ask it anything."""
    call.granted("", "")
    return document(200, {})


async def catalog(call: Call) -> Reply:
    """Return the names of repositories, a page of them."""
    scope = "registry:catalog:*"
    if not call.granted(scope, "").lists:
        raise errors.unauthorized(call.access.challenge(scope, "insufficient_scope"))
    names, more = page(call, call.store.repositories())
    return document(200, {"repositories": names}, more)


async def tags(call: Call, repository: str) -> Reply:
    """Return the tags of a repository, a page of them."""
    check_repository(repository)
    call.granted(scope_of(repository, PULL), repository, PULL)
    if not call.store.manifests(repository):
        raise errors.unknown_name(repository)
    names, more = page(call, [one.name for one in call.store.tags(repository)])
    return document(200, {"name": repository, "tags": names}, more)


def page(call: Call, names: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return the part of names that is asked for, and the header that tells where the next is.

    Raises:
        RegistryError: A page cannot have that size.
    """
    text = call.parameter("n")
    if text and not (text.isdecimal() and 0 <= int(text) <= _LARGEST_PAGE):
        raise errors.bad_page(text)
    most = int(text) if text else _DEFAULT_PAGE
    last = call.parameter("last")
    left = sorted(one for one in names if one > last)
    page = left[:most]
    if len(left) <= most or not page:
        return page, {}
    query = urlencode({"last": page[-1], "n": most})
    return page, {"link": f'<{quote(call.path)}?{query}>; rel="next"'}
