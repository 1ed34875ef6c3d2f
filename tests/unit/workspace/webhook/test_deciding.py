"""What a proved delivery means for a connection."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.workspace.git import RepositoryUrl
from funcyard.workspace.webhook.deciding import Decision, Target, decide
from funcyard.workspace.webhook.delivery import Delivery, DeliveryError
from funcyard.workspace.webhook.payload import Push, push_of, read

BEFORE, AFTER = "a" * 40, "b" * 40
TARGET = Target(RepositoryUrl.parse("https://github.com/octocat/flows.git"), 7, "main", active=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def payload(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    told = {
        "ref": "refs/heads/main",
        "before": BEFORE,
        "after": AFTER,
        "repository": {"id": 7, "clone_url": "https://github.com/octocat/flows.git"},
        "head_commit": {
            "message": "Change",
            "timestamp": "2026-01-01T00:00:00Z",
            "author": {"name": "Ada", "username": "ada"},
        },
    }
    return told | changes


def test_a_push_to_the_branch_is_to_be_synced() -> None:
    assert decide("push", payload(), TARGET).push == Push(
        "main", BEFORE, AFTER, "Change", "ada", "2026-01-01T00:00:00Z"
    )


@pytest.mark.parametrize(
    ("event", "changes", "message"),
    [
        ("ping", {}, "pong"),
        ("issues", {}, "ignored: issues changes no file"),
        ("push", {"ref": "refs/tags/v1"}, "ignored: refs/tags/v1 is no branch"),
        ("push", {"after": "0" * 40}, "ignored: the branch main was deleted"),
        ("push", {"deleted": True}, "ignored: the branch main was deleted"),
        ("push", {"ref": "refs/heads/dev"}, "ignored: the branch main is connected"),
        ("push", {"repository": {"id": 8}}, "ignored: another repository is connected"),
        ("push", {"repository": None}, "ignored: it names no repository"),
        ("ping", {"repository": None}, "pong"),
    ],
)
def test_anything_else_is_answered_and_does_nothing(
    event: str, changes: dict[str, Any], message: str
) -> None:
    assert decide(event, payload(**changes), TARGET) == Decision(message)


def test_a_disabled_connection_does_nothing() -> None:
    target = Target(TARGET.repository, 7, "main", active=False)

    assert decide("push", payload(), target) == Decision("ignored: the connection is disabled")


def test_a_renamed_repository_is_known_by_its_id_and_one_without_by_its_address() -> None:
    renamed = payload(repository={"id": 7, "clone_url": "https://github.com/octocat/new.git"})
    nameless = payload(repository={"clone_url": "https://github.com/Octocat/Flows"})

    assert decide("push", renamed, TARGET).push is not None
    assert decide("push", nameless, TARGET).push is not None


@pytest.mark.parametrize(
    "changes",
    [{"ref": 5}, {"ref": None}, {"ref": "main"}, {"after": "b" * 39}, {"after": "--upload-pack"}],
)
def test_a_push_that_says_not_what_or_where_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(DeliveryError):
        decide("push", payload(**changes), TARGET)


@pytest.mark.parametrize("head", [None, [], {"author": 5, "message": {}}, {"message": "\ud800"}])
def test_what_is_not_needed_may_be_missing_or_odd(head: object) -> None:
    push = push_of(payload(head_commit=head, before=None))

    assert isinstance(push, Push)
    assert (push.after, push.before, push.author) == (AFTER, "", "")
    push.message.encode()


def test_a_long_message_is_cut() -> None:
    push = push_of(payload(head_commit={"message": "é" * 900}))

    assert isinstance(push, Push)
    assert push.message == "é" * 500


@given(st.dictionaries(st.sampled_from(list(payload())), JSON))
def test_no_payload_is_a_fault(changes: dict[str, Any]) -> None:
    try:
        decision = decide("push", payload(**changes), TARGET)
    except DeliveryError:
        return
    assert decision.message


def test_a_form_holds_its_payload() -> None:
    body = urlencode({"payload": json.dumps(payload())}).encode()

    assert read(Delivery("push", "1", "", body, form=True)) == payload()


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{", b"5", b"[" * 100_000])
@pytest.mark.parametrize("form", [False, True])
def test_what_is_no_object_is_refused(body: bytes, form: bool) -> None:  # noqa: FBT001
    with pytest.raises(DeliveryError):
        read(Delivery("push", "1", "", body, form=form))
