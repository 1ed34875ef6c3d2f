"""What a request to the Resource Manager means, and whether its sender may ask for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.activitylog import routes as activitylog
from funcyard.emulator.core import (
    errors,
    groups,
    listing,
    placing,
    providers,
    reading,
    removing,
    subscriptions,
    tagging,
    writing,
)
from funcyard.emulator.core.target import GROUP_TYPE, Target, group_of, subscription_of
from funcyard.emulator.monitor import routes as monitor
from funcyard.emulator.resourcegraph import answering as resourcegraph

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.http import Answer

    Handler = Callable[[Call], Awaitable[Answer]]

_PLAIN: Final[dict[str, dict[str, Handler]]] = {
    "/subscriptions": {"GET": subscriptions.list_subscriptions},
    "/tenants": {"GET": subscriptions.list_tenants},
    "/subscriptions/{}": {"GET": subscriptions.get_subscription},
    "/subscriptions/{}/locations": {"GET": subscriptions.list_locations},
    "/subscriptions/{}/resourcegroups": {"GET": groups.list_groups},
    "/subscriptions/{}/resources": {"GET": listing.generic},
    "/subscriptions/{}/resourcegroups/{}/resources": {"GET": listing.generic},
    activitylog.PATH: {"GET": activitylog.list_events},
    "/subscriptions/{}/providers": {"GET": providers.list_providers},
    "/subscriptions/{}/providers/{}": {"GET": providers.get_provider},
    "/subscriptions/{}/providers/{}/register": {"POST": providers.register},
    "/subscriptions/{}/providers/{}/unregister": {"POST": providers.register},
    resourcegraph.PATH: {"POST": resourcegraph.answer},
}
_OF_ANY: Final[dict[str, dict[str, Handler]]] = {
    monitor.METRICS: {"GET": monitor.list_metrics},
    monitor.DEFINITIONS: {"GET": monitor.list_definitions},
}
"""What is asked of any resource, by provider and word behind its id."""

_PATTERNS: Final = [
    (re.compile(re.escape(path).replace(r"\{\}", "[^/]+")), methods)
    for path, methods in _PLAIN.items()
]
_RESOURCE: Final[dict[str, Handler]] = {
    "GET": reading.get,
    "HEAD": reading.head,
    "PUT": writing.put,
    "PATCH": writing.patch,
    "DELETE": removing.delete,
}
_RIGHTS: Final = {"GET": "read", "HEAD": "read", "DELETE": "delete"}
_ROLES: Final = "microsoft.authorization/roledefinitions"


async def answer(call: Call) -> Answer:
    """Answer a request whose sender is known.

    Raises:
        ArmError: It is refused.
    """
    path = call.request.path.rstrip("/")
    if subscription := subscription_of(path):
        call.core.check_subscription(subscription)
    followed = call.core.operations.answer(call)
    if followed is not None:
        return followed
    handler = _handler(call, path)
    _check_right(call, path)
    return await handler(call)


def _handler(call: Call, path: str) -> Handler:
    method = call.request.method
    if tagging.is_tags(path):
        return tagging.answer
    for pattern, methods in _PATTERNS:
        if pattern.fullmatch(path.lower()):
            return _of(methods, method)
    if call.target is not None and method == "HEAD":
        told = call.core.registry.head(call.target.type)
        if told is not None:
            return told
    if call.target is None:
        raise errors.unknown_address(path)
    if call.word is None:
        is_posted = method == "POST" and call.core.registry.post(call.target.type) is not None
        return _posted if is_posted else _of(_RESOURCE, method)
    of_any = _OF_ANY.get(f"{call.target.type}/{call.word}".lower())
    if method == "POST" and of_any is None:
        return _action
    return _of(of_any or {"GET": reading.of_type}, method)


def _of(methods: dict[str, Handler], method: str) -> Handler:
    if method not in methods:
        raise errors.not_allowed(method)
    return methods[method]


async def _posted(call: Call) -> Answer:
    kind = call.named.type
    handled = call.core.registry.post(kind)
    assert handled is not None  # noqa: S101 - whoever chose this asked
    handler, versions = handled
    call.check_version(kind, versions)
    return await handler(call)


async def _action(call: Call) -> Answer:
    above, word = call.named, call.word or ""
    if above.type.lower() == f"{above.namespace}/locations".lower():
        word = f"locations/{word}"
    if not above.names or word.startswith("locations/"):
        provided = call.core.registry.action(above.namespace, word)
        if provided is None:
            raise errors.unknown_type(above.namespace, word)
        handler, versions = provided
        call.check_version(f"{above.namespace}/{word}", versions)
        return await handler(call)
    kind = call.type()
    target = placing.spelled(above, kind)
    action = kind.actions.get(word.lower())
    if action is None:
        raise errors.not_allowed("POST")
    placing.check_group(call.core, target, kind, to_write=False)
    kept = call.core.store.find(target.key)
    if kind.backing is not None:
        await placing.check_top(call.core, target)
    if kept is None and kind.backing is not None and target.parent is not None:
        # Of a part that is kept elsewhere an action gets what that is part of.
        there = await call.core.find(target)
        kept = None if there is None else call.core.store.find(target.parent.key)
    if kept is None:
        raise placing.absent(kind, target)
    return await action(call, kept)


def _check_right(call: Call, path: str) -> None:
    """Refuse a sender without a role for what is asked."""
    if call.caller.is_application or _is_for_all(call, path):
        return
    action = _action_of(call, path)
    scope = path
    if call.word is not None and call.target is not None:
        scope = call.target.id if call.target.names else call.target.scope
    elif call.target is None:
        group = group_of(path)
        scope = f"/subscriptions/{subscription_of(path)}"
        scope = f"{scope}/resourceGroups/{group}" if group else scope
    if not call.core.allows(call.caller, action, scope):
        raise errors.unauthorized(call.caller.id, action, scope)


def _is_for_all(call: Call, path: str) -> bool:
    """Whether whoever signed in may ask it: of all subscriptions, names and roles."""
    target, method = call.target, call.request.method
    if target is None or target.scope:
        return target is None and not subscription_of(path)
    if any(pattern.fullmatch(path.lower()) for pattern, _ in _PATTERNS):
        return True  # it tells each what it may see
    if method == "HEAD":
        return call.core.registry.head(target.type) is not None
    return method == "GET" and _read(target, call.word).type.lower() == _ROLES


def _action_of(call: Call, path: str) -> str:
    """Return the action that a request is, as roles allow it."""
    method = call.request.method
    if call.target is None or call.target.type == GROUP_TYPE:
        kinds = "/".join(path.split("/")[1::2])  # subscriptions/resourceGroups
        return f"Microsoft.Resources/{kinds}/{_RIGHTS.get(method, 'write')}"
    if call.word is not None and method == "POST":
        return f"{call.target.type}/{call.word}/action"
    read = _read(call.target, call.word)
    kind = call.core.registry.known(read.type)
    if method == "GET" and kind is not None and kind.read_action is not None:
        told = kind.read_action(read)
        if told is not None:
            return told
    return f"{read.type}/{_RIGHTS.get(method, 'write')}"


def _read(target: Target, word: str | None) -> Target:
    """Return what is read: a resource, or those of a type, of which none is named."""
    if word is None:
        return target
    return Target(target.scope, f"{target.type}/{word}", (*target.names, ""))
