"""Deliveries as GitHub makes them: a payload of its own examples about another push, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from tests.github_description import judges

NONE: Final = "0" * 40


@cache
def _examples() -> dict[str, list[dict[str, Any]]]:
    path = judges() / "@octokit" / "webhooks-examples" / "api.github.com" / "index.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    return {one["name"]: one["examples"] for one in told}


def example(event: str) -> dict[str, Any]:
    """Return a payload of GitHub's examples."""
    return deepcopy(_examples()[event][0])


def push(
    url: str,
    after: str,
    *,
    before: str = NONE,
    ref: str = "refs/heads/main",
    identity: int = 1,
    message: str = "Change",
) -> dict[str, Any]:
    """Return the payload of a push.

    Args:
        url: Of the repository.
        after: Where the branch is.
        before: Where it was.
        ref: What was pushed.
        identity: GitHub's id of the repository.
        message: Of the commit.
    """
    payload = next(one for one in _examples()["push"] if one["ref"].startswith("refs/heads/"))
    payload = deepcopy(payload)
    payload |= {"ref": ref, "before": before, "after": after, "deleted": after == NONE}
    payload["repository"] |= {
        "id": identity,
        "clone_url": url,
        "html_url": url.removesuffix(".git"),
    }
    head = None
    if after != NONE:
        stamp = datetime.now(UTC).isoformat(timespec="seconds")
        head = {**(payload.get("head_commit") or {}), "id": after, "message": message}
        head["timestamp"] = stamp
        head["author"] = {"name": "Ada", "email": "ada@example.com", "username": "ada"}
    return payload | {"head_commit": head}


def signed(body: bytes, secret: str, *, event: str = "push", delivery: str = "") -> dict[str, str]:
    """Return the headers with which GitHub delivers a body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/0000000",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery or str(uuid.uuid4()),
        "X-Hub-Signature-256": f"sha256={digest}",
    }
