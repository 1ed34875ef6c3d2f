"""What a delivery that is proved means for the connection it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.workspace.git.address import BadRepositoryUrlError, RepositoryUrl
from funcyard.workspace.webhook.payload import NoPush, Push, origin_of, push_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from funcyard.workspace.webhook.payload import Origin


@dataclass(frozen=True, slots=True)
class Target:
    """What a delivery is held against.

    Attributes:
        repository: That is connected.
        repository_id: GitHub's id of it, None where it is not known.
        branch: That is followed.
        active: Whether pushes are followed now.
    """

    repository: RepositoryUrl
    repository_id: int | None
    branch: str
    active: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do.

    Attributes:
        message: In words, for GitHub's list of deliveries.
        push: What to sync; None where there is nothing to do.
    """

    message: str
    push: Push | None = None


def decide(event: str, payload: Mapping[str, Any], target: Target) -> Decision:
    """Return what a proved delivery means.

    Raises:
        DeliveryError: It is a push that says not what, or not where.
    """
    origin = origin_of(payload)
    if origin is not None and not is_about(origin, target):
        return Decision("ignored: another repository is connected")
    if event == "ping":
        return Decision("pong")
    if event != "push":
        return Decision(f"ignored: {event} changes no file")
    if origin is None:
        return Decision("ignored: it names no repository")
    return _decide_push(push_of(payload), target)


def _decide_push(pushed: Push | NoPush, target: Target) -> Decision:
    match pushed:
        case NoPush(why):
            return Decision(f"ignored: {why}")
        case Push(branch=branch) if branch != target.branch:
            return Decision(f"ignored: the branch {target.branch} is connected")
        case _ if not target.active:
            return Decision("ignored: the connection is disabled")
        case push:
            return Decision("queued", push)


def is_about(origin: Origin, target: Target) -> bool:
    """Whether a payload's repository is the connected one: by id, else by address."""
    if origin.id is not None and target.repository_id is not None:
        return origin.id == target.repository_id
    return target.repository.key in keys_of(origin)


def keys_of(origin: Origin) -> frozenset[str]:
    """Return the keys of the addresses that a payload tells."""
    found = set()
    for url in origin.urls:
        try:
            found.add(RepositoryUrl.parse(url).key)
        except BadRepositoryUrlError:
            continue
    return frozenset(found)
