"""Deliveries as GitHub's own examples have them, every event there is."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tests.github_description import judges
from tests.unit.workspace.webhook.test_delivery import SECRET, signature

from funcyard.workspace.git import RepositoryUrl
from funcyard.workspace.webhook.deciding import Target, decide
from funcyard.workspace.webhook.delivery import Delivery
from funcyard.workspace.webhook.payload import Push, origin_of, read

HELLO = Target(
    RepositoryUrl.parse("https://github.com/Codertocat/Hello-World"),
    186853002,
    "master",
    active=True,
)


@cache
def examples() -> dict[str, list[dict[str, Any]]]:
    path = judges() / "@octokit" / "webhooks-examples" / "api.github.com" / "index.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    return {one["name"]: one["examples"] for one in told}


def delivered(event: str, payload: dict[str, Any]) -> Delivery:
    body = json.dumps(payload).encode()
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "X-Hub-Signature-256": signature(body),
        "Content-Type": "application/json",
    }
    return Delivery.of(headers, body)


def test_every_event_is_taken_and_only_pushes_to_the_branch_are_synced() -> None:
    pushes = []
    for event, payloads in examples().items():
        for payload in payloads:
            delivery = delivered(event, payload)
            assert delivery.signed_by([SECRET])
            decision = decide(event, read(delivery), HELLO)
            assert decision.message
            pushes += [(event, decision.push)] if decision.push else []

    commit = "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
    assert len(pushes) == 2
    for event, push in pushes:
        assert event == "push"
        assert (push.branch, push.before, push.after) == ("master", "", commit)
        assert (push.author, push.message) == ("Codertocat", "Initial commit")


def test_tags_and_deletions_among_the_pushes_do_nothing() -> None:
    said = {decide("push", one, HELLO).message for one in examples()["push"]}

    assert said == {"queued", "ignored: refs/tags/simple-tag is no branch"}


def test_every_push_is_about_its_repository() -> None:
    for payload in examples()["push"]:
        origin = origin_of(payload)
        assert origin is not None
        assert origin.id == 186853002
        other = Target(HELLO.repository, 1, "master", active=True)
        assert decide("push", payload, other).push is None


def test_a_push_tells_its_commit() -> None:
    push = next(
        found
        for payload in examples()["push"]
        if (found := decide("push", payload, HELLO).push) is not None
    )

    assert isinstance(push, Push)
    assert push.timestamp == "2019-05-15T15:19:25Z"
