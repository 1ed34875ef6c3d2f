"""What is read of a payload.

GitHub adds to it at any time, and people connect hooks by hand, so only what a sync needs must be
there; what is of another kind than it should be counts as missing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from funcyard.workspace.git.objects import is_commit
from funcyard.workspace.webhook.delivery import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.workspace.webhook.delivery import Delivery

_NONE: Final = "0" * 40
_HEADS: Final = "refs/heads/"
_LONGEST_MESSAGE: Final = 500
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose repository a payload is about.

    Attributes:
        id: GitHub's, which stays when it is renamed; None where it is not told.
        urls: The addresses it is told under.
    """

    id: int | None
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Push:
    """A push to a branch.

    Attributes:
        branch: Its name.
        before: The commit it was at; empty for a new branch.
        after: The commit it is at.
        message: Of that commit, cut to 500 characters.
        author: Of that commit.
        timestamp: Of that commit, as GitHub tells it.
    """

    branch: str
    before: str
    after: str
    message: str = ""
    author: str = ""
    timestamp: str = ""


@dataclass(frozen=True, slots=True)
class NoPush:
    """A push event that moves no branch to a commit, in words."""

    why: str


def read(delivery: Delivery) -> Mapping[str, Any]:
    """Return a delivery's payload.

    Raises:
        DeliveryError: It is no JSON object.
    """
    try:
        text = delivery.body.decode()
        if delivery.form:
            text = parse_qs(text, strict_parsing=True, max_num_fields=8)["payload"][0]
        payload = json.loads(text)
    except (ValueError, KeyError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise DeliveryError("the body is no JSON object")
    return payload


def origin_of(payload: Mapping[str, Any]) -> Origin | None:
    """Return the repository that a payload is about, None where it is about none."""
    repository = _object(payload, "repository")
    identity = repository.get("id")
    told = [_text(repository, name) for name in ("clone_url", "html_url")]
    urls = tuple(dict.fromkeys(url for url in told if url))
    number = identity if type(identity) is int else None
    return Origin(number, urls) if urls or number is not None else None


def push_of(payload: Mapping[str, Any]) -> Push | NoPush:
    """Return what a push event pushed.

    Raises:
        DeliveryError: It says not what, or not where.
    """
    ref, after, before = (_text(payload, name) for name in ("ref", "after", "before"))
    if not ref.startswith("refs/"):
        raise DeliveryError("the push names no ref")
    if not ref.startswith(_HEADS):
        return NoPush(f"{ref[:_LONGEST_NAME]} is no branch")
    branch = ref.removeprefix(_HEADS)
    if payload.get("deleted") is True or after == _NONE:
        return NoPush(f"the branch {branch[:_LONGEST_NAME]} was deleted")
    if not is_commit(after):
        raise DeliveryError("the push names no commit")
    head = _object(payload, "head_commit")
    author = _object(head, "author")
    return Push(
        branch=branch,
        before=before if is_commit(before) else "",
        after=after,
        message=_text(head, "message")[:_LONGEST_MESSAGE],
        author=(_text(author, "username") or _text(author, "name"))[:_LONGEST_NAME],
        timestamp=_text(head, "timestamp")[:_LONGEST_NAME],
    )


def _object(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Any], name: str) -> str:
    """Return a text without what tables refuse: lone surrogates."""
    found = value.get(name)
    return found.encode(errors="replace").decode() if isinstance(found, str) else ""
