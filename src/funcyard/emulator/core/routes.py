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
from funcyard.emulator.core.target import group_of, subscription_of
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
        raise errors.refused(
            404, "InvalidResourceType", f"Nothing is served at the address '{path}'."
        )
    if call.word is None:
        return _of(_RESOURCE, method)
    if method == "POST":
        return _action
    return _of({"GET": reading.of_type}, method)


def _of(methods: dict[str, Handler], method: str) -> Handler:
    if method not in methods:
        raise errors.not_allowed(method)
    return methods[method]


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
    if not subscription_of(path) or call.caller.is_application:
        return
    method = call.request.method
    kind = call.target.type if call.target is not None else "Microsoft.Resources/subscriptions"
    if call.word is not None and method == "POST":
        action = f"{kind}/{call.word}/action"
    else:
        listed = f"/{call.word}" if call.word else ""
        action = f"{kind}{listed}/{_RIGHTS.get(method, 'write')}"
    scope = path
    if call.word is not None and call.target is not None:
        scope = call.target.id if call.target.names else call.target.scope
    elif call.target is None:
        group = group_of(path)
        scope = f"/subscriptions/{subscription_of(path)}"
        scope = f"{scope}/resourceGroups/{group}" if group else scope
    if not call.core.allows(call.caller, action, scope):
        raise errors.unauthorized(call.caller.id, action, scope)
