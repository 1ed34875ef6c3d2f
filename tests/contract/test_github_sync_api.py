"""Connections, the webhook and syncs over HTTP, beside a real Git server and a vault."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.connected_platform import Connected, connected
from tests.github_deliveries import NONE, example, push, signed
from tests.local_vault import LocalVault
from tests.running_platform import Answer, callers, entra, eventually


@pytest.fixture(scope="module")
def here(vault: LocalVault) -> Iterator[Connected]:
    """A connected platform whose secrets are in a vault."""
    root = Path(tempfile.mkdtemp(prefix="funcyard-github-"))
    names = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")
    settings = entra(vault) | {name: vault.settings[name] for name in names}
    settings["FUNCYARD_VAULT_URL"] = vault.url
    with connected(root, settings, callers(vault).admin) as made:
        made.push({"a.txt": "one\n"}, "First")
        answer = made.connect()
        assert answer.status == 201, answer.body
        assert made.job(answer.json["jobId"])["status"] == "completed"
        yield made
        assert made.github.faults == []
    shutil.rmtree(root, ignore_errors=True)


def test_a_connection_is_shown_without_its_secrets(here: Connected) -> None:
    shown = eventually(  # it is noted there once the job has ended
        lambda: here.platform.call("GET", "/github-connections/GLOBAL"),
        lambda answer: answer.json["lastSync"],
    )
    assert shown.json["webhookRegistered"] is True
    assert shown.json["lastSync"]["status"] == "success"
    listed = here.platform.call("GET", "/github-connections")
    assert [one["orgId"] for one in listed.json["connections"]] == ["GLOBAL"]
    for answer in (shown, listed):
        assert here.git.token is not None
        assert here.git.token.encode() not in answer.body
        assert here.secret.encode() not in answer.body
    status = here.platform.call("GET", "/workspace/status").json
    assert (status["mode"], status["isReadOnly"]) == ("github-sync", True)


def test_a_scope_has_one_connection(here: Connected) -> None:
    again = here.connect()
    assert (again.status, again.json["error"]) == (409, "ConnectionExists")
    assert here.platform.call("GET", "/github-connections/nobody").status == 404
    assert here.platform.call("GET", "/github-connections/not%20one").status == 400


def test_an_organisation_s_connections_are_its_own_and_everybody_s(here: Connected) -> None:
    for name in ("alpha", "zeta"):
        here.platform.call("POST", "/organizations", {"id": name, "name": name})
        assert here.connect(organization=name).status == 201
    listed = here.platform.call("GET", "/github-connections?limit=1", organization="zeta").json
    assert [one["orgId"] for one in listed["connections"]] == ["GLOBAL", "zeta"]
    assert "continuation" not in listed
    seen: list[str] = []
    after = ""
    while len(seen) < 10:
        page = here.platform.call("GET", f"/github-connections?limit=1{after}").json
        seen += [one["orgId"] for one in page["connections"]]
        if "continuation" not in page:
            break
        after = f"&continuation={page['continuation']}"
    assert seen == ["GLOBAL", "alpha", "zeta"]
    for name in ("alpha", "zeta"):
        path = f"/github-connections/{name}"
        assert here.platform.call("DELETE", path, organization=name).status == 204


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"repositoryUrl": "git@github.com:a/b.git"}, 400),
        ({"repositoryUrl": "https://x:y@github.com/a/b"}, 400),
        ({"repositoryUrl": "file:///etc"}, 400),
        ({"repositoryUrl": "http://169.254.169.254/a/b"}, 400),
        ({"repositoryBranch": "no-such-branch"}, 400),
        ({"repositoryBranch": "--upload-pack=x"}, 400),
        ({"personalAccessToken": "ghp_wrong"}, 400),
        ({"personalAccessToken": ""}, 400),
        ({"more": 1}, 400),
    ],
    ids=str,
)
def test_what_cannot_be_connected_is_told_and_leaves_nothing(
    here: Connected, change: dict[str, object], status: int
) -> None:
    name = f"o{uuid.uuid4().hex[:12]}"
    here.platform.call("POST", "/organizations", {"id": name, "name": name})
    body = {"repositoryUrl": here.url, "personalAccessToken": here.git.token, **change}
    answer = here.platform.call("POST", "/github-connections", body, organization=name)
    assert answer.status == status, answer.body
    assert b"x:y" not in answer.body
    assert here.platform.call("GET", f"/github-connections/{name}", organization=name).status == 404


def test_nothing_is_edited_while_a_repository_is_connected(here: Connected) -> None:
    calls: list[tuple[str, str, object]] = [
        ("PUT", "/workspace/files/b.txt", {"content": "x"}),
        ("DELETE", "/workspace/files/a.txt", None),
        ("POST", "/workspace/directories/b", None),
        ("DELETE", "/workspace/directories/b", None),
        ("POST", "/workspace/move", {"from": "a.txt", "to": "b.txt"}),
    ]
    for method, path, body in calls:
        answer = here.platform.call(method, path, body)
        assert (answer.status, answer.json["error"]) == (403, "GitHubSyncEnabled"), path


@pytest.mark.parametrize("query", ["", "?connection=GLOBAL"])
def test_a_push_is_synced_once_however_often_it_is_told(here: Connected, query: str) -> None:
    commit = here.push({f"push{len(query)}.txt": "new\n"})
    payload, delivery = here.payload(commit), str(uuid.uuid4())
    taken = here.deliver(payload, delivery=delivery, query=query)
    assert (taken.status, taken.json["commitSha"]) == (202, commit)
    again = here.deliver(payload, delivery=delivery, query=query)
    assert again.status == 200
    job = here.job(taken.json["jobId"])
    assert (job["status"], job["filesAdded"], job["appliedCommitSha"]) == ("completed", 1, commit)
    by_commit = here.platform.call("GET", f"/sync-jobs/{commit}").json
    assert by_commit["jobId"] == job["jobId"]
    assert here.deliver(payload, query=query).status == 200
    read = here.platform.call("GET", f"/workspace/files/push{len(query)}.txt")
    assert read.json["content"] == "new\n"


def test_what_is_no_push_to_the_branch_does_nothing(here: Connected) -> None:
    commit = "1" * 40
    told = {
        "ping": example("ping"),
        "tag": push(here.url, commit, ref="refs/tags/v1", identity=186853002),
        "branch": push(here.url, commit, ref="refs/heads/other", identity=186853002),
        "gone": push(here.url, NONE, identity=186853002),
        "issues": example("issues"),
    }
    for name, payload in told.items():
        event = name if name in ("ping", "issues") else "push"
        answer = here.deliver(payload, event=event, query="?connection=GLOBAL")
        assert answer.status == 200, (name, answer.body)
        assert answer.json.keys() == {"message"}
    elsewhere = push("https://github.com/a/b.git", commit, identity=7)
    assert here.deliver(elsewhere, query="?connection=GLOBAL").status == 200


def test_a_delivery_that_is_not_signed_by_the_connection_is_refused(here: Connected) -> None:
    body = json.dumps(push(here.url, "1" * 40, identity=186853002)).encode()
    right = signed(body, here.secret)
    for value in ("sha256=" + "0" * 64, "sha1=abc", "ü", "", "sha256=", right["X-GitHub-Delivery"]):
        headers = right | {"X-Hub-Signature-256": value.encode("latin-1").decode("latin-1")}
        answer = here.platform.call(
            "POST", "/github-webhook?connection=GLOBAL", body, token=None, headers=headers
        )
        assert (answer.status, answer.json["error"]) == (401, "InvalidSignature"), value
    changed = here.platform.call("POST", "/github-webhook", body + b" ", token=None, headers=right)
    assert changed.status == 401
    for scope in ("nobody", "../x", "GLOBAL%00"):
        answer = here.platform.call(
            "POST", f"/github-webhook?connection={scope}", body, token=None, headers=right
        )
        assert answer.status == 401
    for name in ("X-GitHub-Event", "X-GitHub-Delivery"):
        less = {key: value for key, value in right.items() if key != name}
        answer = here.platform.call("POST", "/github-webhook", body, token=None, headers=less)
        assert answer.status == 400
    broken = signed(b"{", here.secret)
    address = "/github-webhook?connection=GLOBAL"
    assert here.platform.call("POST", address, b"{", token=None, headers=broken).status == 400


def test_a_delivery_that_is_too_large_is_refused_before_it_is_read(here: Connected) -> None:
    body = b"x" * ((25 << 20) + 1)
    headers = signed(b"", here.secret)
    answer = here.platform.call("POST", "/github-webhook", body, token=None, headers=headers)
    assert answer.status == 413


def test_after_a_rotation_the_old_secret_counts_for_a_day(here: Connected) -> None:
    old = here.secret
    rotated = here.platform.call("POST", "/github-connections/GLOBAL/rotate-secret")
    assert (rotated.status, rotated.json["webhook"]) == (200, {"registered": True})
    assert here.secret != old
    for secret in (old, here.secret):
        answer = here.deliver(
            example("ping"), event="ping", secret=secret, query="?connection=GLOBAL"
        )
        assert answer.status == 200
    assert here.deliver(example("ping"), event="ping", secret="x" * 43).status == 401


def test_a_sync_is_planned_and_asked_for(here: Connected) -> None:
    here.push({"planned.txt": "soon\n"})
    plan = here.platform.call("POST", "/github-connections/GLOBAL/sync", {"dryRun": True})
    assert (plan.status, plan.json["status"], plan.json["added"]) == (
        200,
        "planned",
        ["planned.txt"],
    )
    queued = here.platform.call("POST", "/github-connections/GLOBAL/sync", {"verify": True})
    assert queued.status == 202
    assert here.job(queued.json["jobId"])["outcome"] == "success"
    listed = here.platform.call("GET", "/sync-jobs?status=completed&limit=1").json
    assert listed["jobs"][0]["reason"] == "resync"
    rest = here.platform.call("GET", f"/sync-jobs?limit=1&continuation={listed['continuation']}")
    assert rest.json["jobs"][0]["jobId"] != listed["jobs"][0]["jobId"]
    for query in ("status=x", "limit=0", "limit=101"):
        assert here.platform.call("GET", f"/sync-jobs?{query}").status == 400
    assert here.platform.call("GET", "/sync-jobs/nothing").status == 404


def test_an_empty_commit_is_refused_until_it_is_allowed(here: Connected) -> None:
    address = "/github-connections/GLOBAL/sync"
    before = here.platform.call("GET", "/workspace/files").json["items"]
    gone = [one["path"] for one in before if not one["isDirectory"]]
    kept = {path: (here.clone / path).read_text(encoding="utf-8") for path in gone}
    here.push(dict.fromkeys(gone))
    planned = here.platform.call("POST", address, {"dryRun": True})
    assert (planned.status, planned.json["error"]) == (409, "EmptyCommit")
    refused = here.job(here.platform.call("POST", address).json["jobId"])
    assert (refused["status"], refused["errorCode"]) == ("failed", "workspace-empty-tree")
    assert here.platform.call("GET", "/workspace/files").json["items"] == before
    allowed = here.platform.call("POST", address, {"dryRun": True, "allowEmpty": True})
    assert allowed.json["deleted"] == gone
    queued = here.platform.call("POST", address, {"allowEmpty": True})
    assert here.job(queued.json["jobId"])["filesDeleted"] == len(gone)
    assert here.platform.call("GET", "/workspace/files").json["items"] == []
    here.push(kept)
    back = here.platform.call("POST", address)
    assert here.job(back.json["jobId"])["filesAdded"] == len(gone)


def test_many_deliveries_at_once_are_answered_and_make_a_job_a_commit(here: Connected) -> None:
    commits = [here.push({"burst.txt": f"{number}\n"}) for number in range(4)]
    payloads = [here.payload(commit) for commit in commits for _ in range(5)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda one: here.deliver(one, query="?connection=GLOBAL"), payloads)
        )
    assert {one.status for one in answers} <= {200, 202}
    jobs = {one.json["jobId"] for one in answers if one.status == 202}
    assert {here.job(one)["status"] for one in jobs} == {"completed"}
    read = here.platform.call("GET", "/workspace/files/burst.txt").json
    assert read["content"] == "3\n"


def test_a_connection_that_is_paused_can_be_edited_and_follows_no_push(here: Connected) -> None:
    paused = here.platform.call("PUT", "/github-connections/GLOBAL", {"isEnabled": False})
    assert (paused.status, paused.json["connection"]["isEnabled"]) == (200, False)
    commit = here.push({"paused.txt": "x\n"})
    assert here.deliver(here.payload(commit), query="?connection=GLOBAL").status == 200
    assert here.platform.put("hand.txt", "by hand").status == 201
    on = here.platform.call("PUT", "/github-connections/GLOBAL", {"isEnabled": True})
    assert here.job(on.json["jobId"])["status"] == "completed"
    assert here.platform.call("GET", "/workspace/files/hand.txt").status == 404
    assert here.platform.call("GET", "/workspace/files/paused.txt").status == 200


def test_pushes_of_an_organisation_that_is_not_active_wait_until_it_is(here: Connected) -> None:
    here.platform.call("POST", "/organizations", {"id": "resting", "name": "Resting"})
    made = here.connect(organization="resting")
    assert here.job(made.json["jobId"], organization="resting")["status"] == "completed"
    secret = [*here.registered.hooks.values()][-1]["config"]["secret"]
    state = "/organizations/resting"
    assert here.platform.call("PATCH", state, {"isActive": False}).status == 200
    payload = here.payload(here.push({"resting.txt": "x\n"}))

    def deliver() -> Answer:
        return here.deliver(payload, secret=secret, query="?connection=resting")

    assert deliver().json["message"] == "ignored: the organisation is not active"
    path = "/github-connections/resting"
    for method, address, body in (
        ("POST", f"{path}/sync", {}),
        ("POST", f"{path}/sync", {"dryRun": True}),
        ("PUT", path, {"isEnabled": True}),
    ):
        refused = here.platform.call(method, address, body)
        assert (refused.status, refused.json["error"]) == (409, "OrganisationInactive")
    assert here.platform.call("PATCH", state, {"isActive": True}).status == 200
    job = deliver().json["jobId"]
    assert here.job(job, organization="resting")["status"] == "completed"
    assert here.platform.call("DELETE", path, organization="resting").status == 204


def test_an_organisation_is_not_removed_before_it_is_disconnected(here: Connected) -> None:
    made = here.platform.call("POST", "/organizations", {"id": "leaving", "name": "Leaving"})
    assert made.status == 201
    connected = here.connect(organization="leaving")
    assert here.job(connected.json["jobId"], organization="leaving")["status"] == "completed"
    state, path = "/organizations/leaving", "/github-connections/leaving"
    assert here.platform.call("PATCH", state, {"isActive": False}).status == 200
    refused = here.platform.call("DELETE", state)
    assert (refused.status, refused.json["error"]) == (409, "OrganisationInUse")
    assert refused.json["details"]["hint"] == "disconnect it first"
    assert here.platform.call("DELETE", path).status == 204
    assert here.platform.call("DELETE", state).status == 204
