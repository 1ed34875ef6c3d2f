"""Files, workflows and health over HTTP, as a client of the running Function App sees them."""

from __future__ import annotations

import base64
import io
import json
import random
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from tests.hostile_paths import ACCEPTED, REFUSED
from tests.platform_contracts import operations
from tests.platform_routes import Route, served
from tests.running_platform import Callers, RunningPlatform, eventually, known_callers, platform

__all__ = ["known_callers", "platform"]

_HOSTILE = [
    pytest.param(path, id=f"{reason}-{number}")
    for reason, paths in REFUSED.items()
    for number, path in enumerate(paths)
]


def _encoded(path: str) -> str:
    return quote(path.encode("utf-8", "surrogatepass"), safe="/")


def test_a_file_is_made_read_changed_and_removed(platform: RunningPlatform) -> None:
    made = platform.put("notes/ü one.md", "# One\n")
    assert made.status == 201
    assert made.headers["etag"] == made.json["etag"]
    read = platform.call("GET", f"/workspace/files/{quote('notes/ü one.md')}")
    assert read.status == 200
    assert read.json | {"lastModified": None, "version": None} == {
        "path": "notes/ü one.md",
        "content": "# One\n",
        "encoding": "utf-8",
        "contentType": "text/markdown",
        "size": 6,
        "lastModified": None,
        "etag": made.json["etag"],
        "version": None,
    }
    assert (platform.folder / "global/notes/ü one.md").read_text() == "# One\n"
    assert platform.put("notes/ü one.md", "# Two\n").status == 200
    assert platform.call("DELETE", f"/workspace/files/{quote('notes/ü one.md')}").status == 204
    assert platform.call("GET", f"/workspace/files/{quote('notes/ü one.md')}").status == 404


def test_a_path_that_ends_in_a_slash_is_refused_and_no_other_is_meant(
    platform: RunningPlatform,
) -> None:
    assert platform.put("slash/a.txt", "a").status == 201
    for method, path in (
        ("PUT", "files/slash/new.txt/"),
        ("PUT", "files/slash/a.txt//"),
        ("GET", "files/slash/a.txt/"),
        ("DELETE", "files/slash/a.txt/"),
        ("POST", "directories/slash/folder/"),
        ("DELETE", "directories/slash/"),
    ):
        body = {"content": "other"} if method == "PUT" else None
        refused = platform.call(method, f"/workspace/{path}", body)
        assert (refused.status, refused.json["error"]) == (400, "InvalidPath"), path
    assert platform.call("GET", "/workspace/files/slash/a.txt").json["content"] == "a"
    assert platform.call("GET", "/workspace/files/slash/new.txt").status == 404
    assert platform.call("DELETE", "/workspace/directories/slash").status == 204


def test_an_old_version_can_still_be_read_and_rolled_back_to(platform: RunningPlatform) -> None:
    first = platform.put("back.txt", "one", organization="other").json["version"]
    platform.call("POST", "/workspace/directories/sitting", organization="other")
    platform.put("back.txt", "two", organization="other")
    old = platform.call("GET", f"/workspace/files/back.txt?version={first}", organization="other")
    assert old.status in (200, 404)  # a sitting of edits keeps its last version
    kept = platform.call("GET", "/workspace/versions", organization="other").json
    assert kept["versions"][0]["isCurrent"]
    body = {"version": kept["current"]}
    done = platform.call("POST", "/workspace/rollback", body, organization="other")
    assert (done.status, done.json["published"]) == (200, False)
    for version in ("x", "00000001", f"00000001-{'0' * 64}"):
        answer = platform.call("GET", f"/workspace/files/back.txt?version={version}")
        assert answer.status in (400, 404)


def test_bytes_go_in_and_out_as_they_are(platform: RunningPlatform) -> None:
    content = bytes(range(256)) * 40
    raw = {"Content-Type": "application/octet-stream"}
    assert platform.call("PUT", "/workspace/files/raw.bin", content, headers=raw).status == 201
    accept = {"Accept": "application/octet-stream"}
    read = platform.call("GET", "/workspace/files/raw.bin", headers=accept)
    assert read.body == content
    assert read.headers["x-content-type-options"] == "nosniff"
    told = platform.call("GET", "/workspace/files/raw.bin").json
    assert told["encoding"] == "base64"
    body = {"content": told["content"], "encoding": "base64"}
    assert platform.call("PUT", "/workspace/files/copy.bin", body).json["etag"] == told["etag"]
    bad = {"content": "no base64!", "encoding": "base64"}
    assert platform.call("PUT", "/workspace/files/copy.bin", bad).status == 400
    known = {"If-None-Match": told["etag"]}
    again = platform.call("GET", "/workspace/files/raw.bin", headers=known)
    assert (again.status, again.body) == (304, b"")


def test_a_file_is_changed_only_where_it_is_the_one_that_is_meant(
    platform: RunningPlatform,
) -> None:
    etag = platform.put("race.txt", "one").json["etag"]
    new = {"If-None-Match": "*"}
    assert platform.put("race.txt", "two", headers=new).status == 412
    assert platform.put("race.txt", "two", headers={"If-Match": etag}).status == 200
    for match in (etag, f"W/{etag}", '"x"'):
        refused = platform.put("race.txt", "three", headers={"If-Match": match})
        assert (refused.status, refused.json["error"]) == (412, "ContentChanged"), match
    gone = platform.call("DELETE", "/workspace/files/race.txt", headers={"If-Match": etag})
    assert gone.status == 412
    move = {"from": "race.txt", "to": "moved.txt"}
    stale = platform.call("POST", "/workspace/move", move, headers={"If-Match": etag})
    assert stale.status == 412
    assert platform.put("none.txt", "x", headers={"If-Match": "*"}).status == 412


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("told", ["", "abc", '"abc', '*, "a"', 'w/"a"', '"a" "b"', '"a b"', ","])
def test_a_condition_that_names_no_etag_is_refused_and_not_taken_for_another(
    platform: RunningPlatform, header: str, told: str
) -> None:
    calls: list[tuple[str, str, object]] = [
        ("PUT", "/workspace/files/jobs/greet.py", {"content": "changed"}),
        ("DELETE", "/workspace/directories/jobs", None),
        ("POST", "/workspace/rollback", {}),
    ]
    if header == "If-None-Match":
        calls += [
            ("GET", "/workspace/files/jobs/greet.py", None),
            ("GET", "/openapi/workflows-api.yaml", None),
        ]
        calls += [("GET", "/workspace/download", None)]
    for method, path, body in calls:
        refused = platform.call(method, path, body, headers={header: told})
        assert (refused.status, refused.json["error"]) == (400, "BadRequest"), path
        assert [one["name"] for one in refused.json["details"]["faults"]] == [header]
    assert platform.run("greet", {"name": "Ada"}).json["result"] == "Hello Ada"


def test_a_folder_is_changed_only_where_it_is_as_it_was_seen(platform: RunningPlatform) -> None:
    platform.put("tagged/in/a.txt", "one")
    listed = platform.call("GET", "/workspace/files?path=tagged&recursive=false")
    seen = {"If-Match": listed.headers["etag"]}
    assert listed.headers["etag"] == listed.json["etag"]
    above = platform.call("GET", "/workspace/files").json["items"]
    assert listed.json["etag"] in [one["etag"] for one in above if one["path"] == "tagged"]
    platform.put("elsewhere.txt", "more")
    move = {"from": "tagged", "to": "renamed"}
    moved = platform.call("POST", "/workspace/move", move, headers=seen)
    assert (moved.status, moved.headers["etag"]) == (200, listed.headers["etag"])
    platform.put("renamed/in/a.txt", "two")
    now = platform.call("GET", "/workspace/files?path=renamed").headers["etag"]
    calls: list[tuple[str, str, object]] = [
        ("DELETE", "/workspace/directories/renamed", None),
        ("POST", "/workspace/move", {"from": "renamed", "to": "tagged"}),
    ]
    for method, path, body in calls:
        for match in (listed.headers["etag"], f"W/{now}", '"x"'):
            refused = platform.call(method, path, body, headers={"If-Match": match})
            assert (refused.status, refused.json["error"]) == (412, "ContentChanged"), match
            assert refused.headers["etag"] == refused.json["details"]["etag"] == now
        kept = platform.call(method, path, body, headers={"If-None-Match": now})
        assert kept.status == 412
    gone = platform.call("DELETE", "/workspace/directories/renamed", headers={"If-Match": now})
    assert gone.status == 204
    nothing = platform.call("DELETE", "/workspace/directories/renamed", headers={"If-Match": now})
    assert nothing.status == 404


def test_a_folder_is_made_only_where_nothing_is_and_nothing_is_expected(
    platform: RunningPlatform,
) -> None:
    path = "/workspace/directories/made"
    refused = platform.call("POST", path, headers={"If-Match": "*"})
    assert (refused.status, refused.json["details"]["etag"]) == (412, None)
    assert "etag" not in refused.headers
    made = platform.call("POST", path, headers={"If-None-Match": "*"})
    assert (made.status, made.headers["etag"]) == (201, made.json["etag"])
    assert platform.call("POST", path, headers={"If-None-Match": "*"}).status == 409
    assert platform.call("DELETE", path, headers={"If-Match": made.json["etag"]}).status == 204


def test_a_rollback_is_of_the_version_that_was_seen_and_to_one_that_was_shown(
    platform: RunningPlatform,
) -> None:
    for text in ("one", "two", "three"):
        platform.put("seen.txt", text, organization="other")
    seen = platform.call("GET", "/workspace/versions", organization="other")
    listed = [one["version"] for one in seen.json["versions"]]
    assert seen.headers["etag"] == f'"{seen.json["current"]}"'
    assert listed[:2] == [seen.json["current"], seen.json["previous"]]
    mine = {"If-Match": seen.headers["etag"]}
    changed = platform.put("seen.txt", "four", organization="other").json["version"]
    refused = platform.call("POST", "/workspace/rollback", {}, headers=mine, organization="other")
    assert (refused.status, refused.headers["etag"]) == (412, f'"{changed}"')
    to = platform.call("GET", "/workspace/versions", organization="other").json["previous"]
    assert to == seen.json["current"]
    mine = {"If-Match": refused.headers["etag"]}
    done = platform.call("POST", "/workspace/rollback", {}, headers=mine, organization="other")
    assert (done.status, done.json["origin"]["to"]) == (200, to)
    assert done.headers["etag"] == f'"{done.json["version"]}"'
    read = platform.call("GET", "/workspace/files/seen.txt", organization="other")
    assert read.json["content"] == "three"


def test_what_a_caller_has_already_is_not_sent_again(platform: RunningPlatform) -> None:
    platform.put("known.txt", "known")
    for path, weak in (
        ("/workspace/files/known.txt", False),
        ("/workspace/download?stored=true", False),
        ("/workspace/download", True),
    ):
        whole = platform.call("GET", path)
        tag = whole.headers["etag"]
        assert tag.startswith("W/") == weak
        for method in ("GET", "HEAD"):
            for known in (tag, f'"x", {tag}', "*", tag.removeprefix("W/")):
                again = platform.call(method, path, headers={"If-None-Match": known})
                assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
            other = platform.call(method, path, headers={"If-None-Match": '"x"'})
            assert (other.status, other.headers["etag"]) == (200, tag)


def test_a_head_tells_what_would_be_sent_and_sends_nothing(platform: RunningPlatform) -> None:
    platform.put("head.txt", "x" * 1000)
    told = ("content-type", "content-length", "etag", "content-security-policy", "cache-control")
    calls: list[tuple[str, dict[str, str]]] = [
        ("/workspace/files/head.txt", {}),
        ("/workspace/files/head.txt", {"Accept": "text/plain"}),
        ("/workspace/download?stored=true", {}),
        ("/workspace/download", {}),
    ]
    for path, headers in calls:
        whole = platform.call("GET", path, headers=headers)
        head = platform.call("HEAD", path, headers=headers)
        assert (head.status, head.body) == (200, b"")
        for name in told:
            assert head.headers.get(name) == whole.headers.get(name), (path, name)
    for path, status in (
        ("/workspace/files/none.txt", 404),
        ("/workspace/files/a%5Cb", 400),
        ("/workspace/download?version=x", 400),
    ):
        refused = platform.call("HEAD", path)
        assert (refused.status, refused.body) == (status, b""), path


def test_of_many_writers_with_the_same_etag_one_wins(platform: RunningPlatform) -> None:
    etag = platform.put("many.txt", "0").json["etag"]

    def write(number: int) -> int:
        return platform.put("many.txt", str(number + 1), headers={"If-Match": etag}).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(write, range(8)))
    assert sorted(statuses) == [200, *[412] * 7]


def test_folders_are_made_moved_and_removed(platform: RunningPlatform) -> None:
    made = platform.call("POST", "/workspace/directories/box/inner")
    assert (made.status, made.json["path"]) == (201, "box/inner")
    assert platform.call("POST", "/workspace/directories/box/inner").status == 409
    platform.put("box/a.txt", "a")
    moved = platform.call("POST", "/workspace/move", {"from": "box", "to": "crate"})
    assert moved.status == 200
    listed = platform.call("GET", "/workspace/files?path=crate").json
    assert [one["path"] for one in listed["items"]] == ["crate/a.txt", "crate/inner"]
    flat = platform.call("GET", "/workspace/files?recursive=false").json["items"]
    assert "crate/a.txt" not in [one["path"] for one in flat]
    taken = platform.call("POST", "/workspace/move", {"from": "crate/a.txt", "to": "crate/inner"})
    assert taken.status == 409
    platform.put("crate/b.txt", "b")
    over = {"from": "crate/a.txt", "to": "crate/b.txt"}
    assert platform.call("POST", "/workspace/move", over).status == 409
    assert platform.call("POST", "/workspace/move", over | {"overwrite": True}).status == 200
    assert platform.call("GET", "/workspace/files/crate/b.txt").json["content"] == "a"
    before = platform.call("GET", "/workspace/files?path=crate").headers["etag"]
    for to in ("crate", "crate/deep", "crate/inner/deep", "Crate/deep"):
        for overwrite in (False, True):
            into = {"from": "crate", "to": to, "overwrite": overwrite}
            refused = platform.call("POST", "/workspace/move", into)
            assert (refused.status, refused.json["error"]) == (409, "MoveIntoItself"), to
    assert platform.call("GET", "/workspace/files?path=crate").headers["etag"] == before
    never = {"from": "crate/b.txt", "to": "crate/inner", "overwrite": True}
    assert platform.call("POST", "/workspace/move", never).status == 409
    assert platform.call("DELETE", "/workspace/directories/crate").status == 204
    assert platform.call("GET", "/workspace/files?path=crate").status == 404


def test_what_is_too_large_is_refused(platform: RunningPlatform) -> None:
    raw = {"Content-Type": "application/octet-stream"}
    most = 10 << 20
    large = platform.call("PUT", "/workspace/files/l.bin", b"x" * (most + 1), headers=raw)
    assert (large.status, large.json["error"]) == (413, "FileTooLarge")
    assert platform.call("PUT", "/workspace/files/l.bin", b"x" * most, headers=raw).status == 201
    platform.call("DELETE", "/workspace/files/l.bin")


@pytest.mark.parametrize("path", _HOSTILE)
def test_no_trick_with_a_path_gets_anywhere(platform: RunningPlatform, path: str) -> None:
    address = _encoded(path)
    calls: list[tuple[str, str, object]] = [
        ("POST", "/workspace/move", {"from": "jobs/greet.py", "to": path}),
        ("POST", "/workspace/move", {"from": path, "to": "b"}),
    ]
    if not path.endswith("/") and path:  # of an address, a slash at the end is no part
        calls += [
            ("GET", f"/workspace/files/{address}", None),
            ("PUT", f"/workspace/files/{address}", {"content": "x"}),
            ("DELETE", f"/workspace/files/{address}", None),
            ("POST", f"/workspace/directories/{address}", None),
            ("DELETE", f"/workspace/directories/{address}", None),
        ]
    if path:
        asked = quote(path.encode("utf-8", "surrogatepass"))
        calls.append(("GET", f"/workspace/files?path={asked}", None))
    for method, place, body in calls:
        answer = platform.call(method, place, body)
        assert answer.status in (400, 404), (method, place, answer.body)
        assert answer.json.keys() == {"error", "message", "details"}


@pytest.mark.parametrize("path", ACCEPTED)
def test_a_good_path_holds_what_is_put_there(platform: RunningPlatform, path: str) -> None:
    place = f"/workspace/files/{_encoded(path)}"
    assert platform.call("PUT", place, {"content": path}).status in (200, 201)
    assert platform.call("GET", place).json["content"] == path
    assert platform.call("DELETE", place).status == 204


def test_searching_finds_lines_and_bounds_bad_patterns(platform: RunningPlatform) -> None:
    platform.put("find/a.py", "one\nneedle here\n")
    platform.put("find/b.txt", f"{'a' * 40}!\n")
    found = platform.call("GET", "/workspace/search?q=NEEDLE&path=*.py").json
    assert found == {
        "matches": [{"path": "find/a.py", "line": 2, "column": 1, "text": "needle here"}],
        "complete": True,
    }
    cut = platform.call("GET", f"/workspace/search?q={quote('.')}&regex=true&limit=3").json
    assert (len(cut["matches"]), cut["complete"]) == (3, False)
    for query in (
        "q=",
        "",
        "q=(&regex=true",
        "q=a&limit=0",
        "q=a&limit=x",
        "q=a&q=b",
        "q=a&case=1",
    ):
        assert platform.call("GET", f"/workspace/search?{query}").status == 400, query


@pytest.mark.parametrize("stored", ["true", "false"])
def test_everything_is_downloaded_as_a_zip_file(platform: RunningPlatform, stored: str) -> None:
    platform.put("zip/a.txt", "a" * 10_000)
    answer = platform.call("GET", f"/workspace/download?stored={stored}")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="workspace-2')
    if stored == "true":
        assert answer.headers["content-length"] == str(len(answer.body))
    else:
        assert answer.headers["transfer-encoding"] == "chunked"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        assert archive.read("zip/a.txt") == b"a" * 10_000
        assert archive.namelist() == sorted(archive.namelist())


@pytest.mark.parametrize("route", [one for one in served() if one.query is not None], ids=str)
def test_a_parameter_that_a_call_does_not_have_is_refused_by_its_name(
    platform: RunningPlatform, route: Route
) -> None:
    path = re.sub(r"\{\w+\}", "nothing", route.path)
    once = "&".join(f"{name}=1" for name in route.query or ())
    for name in ("Limit", "%20", *(route.query or ())):
        refused = platform.call(route.method, f"{path}?{once}&{name}=1")
        assert refused.status == 400, name
        if route.method != "HEAD":
            assert refused.json["error"] == "BadRequest"
            (fault,) = refused.json["details"]["faults"]
            assert quote(fault["name"]) == name


@pytest.mark.parametrize(
    "path", ["/executions", "/sync-jobs", "/github-connections", "/workspace/search"]
)
@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "1e2", "+5", "%D9%A3", "1001", "9" * 30])
def test_a_limit_is_a_number_within_its_bounds_wherever_there_is_one(
    platform: RunningPlatform, path: str, limit: str
) -> None:
    more = "&q=a" if path.endswith("search") else ""
    refused = platform.call("GET", f"{path}?limit={limit}{more}")
    assert (refused.status, refused.json["error"]) == (400, "BadRequest")
    (fault,) = refused.json["details"]["faults"]
    assert fault["name"] == "limit"
    assert fault["message"].startswith("is a whole number from 1 to 1")


@pytest.mark.parametrize("key", ["", "k" * 201, "two words", "ü"])
def test_an_idempotency_key_that_can_be_none_starts_nothing(
    platform: RunningPlatform, key: str
) -> None:
    before = platform.call("GET", "/executions?limit=1").json
    path, sent = "/workflows/greet/executions", {"Idempotency-Key": key}
    refused = platform.call("POST", path, {"input": {"name": "Ada"}}, headers=sent)
    assert (refused.status, refused.json["error"]) == (400, "BadRequest")
    assert [one["name"] for one in refused.json["details"]["faults"]] == ["Idempotency-Key"]
    assert platform.call("GET", "/executions?limit=1").json == before


def test_an_address_or_method_that_nothing_has_is_answered_by_the_host(
    platform: RunningPlatform,
) -> None:
    nowhere = platform.call("GET", "/nowhere")
    assert (nowhere.status, nowhere.body) == (404, b"")
    other = platform.call("PATCH", "/workspace/move", {})
    assert (other.status, other.headers["allow"], other.body) == (405, "POST", b"")


@pytest.mark.parametrize(
    "path",
    [
        *("/workspace/files?path=%FF", "/workspace/search?q=%C3%28"),
        *("/workspace/files?version=", "/workspace/files/a?version=", "/sync-jobs?status="),
        *("/workspace/download?version=", "/workspace/search?q=a&limit=", "/executions?limit="),
        *("/workspace/files?recursive=", "/workspace/download?stored=", "/executions?status="),
        *("/executions?continuation=", "/sync-jobs?continuation=", "/sync-jobs?continuation=null"),
        *(f"/executions?workflow={'a' * 101}", f"/executions?user={'a' * 301}"),
        "/workspace/search?q=a&version=",
        f"/workspace/search?q=a&path={'a' * 1901}",
        f"/github-connections?continuation={'a' * 64}",
    ],
    ids=lambda path: path[:40],
)
def test_a_parameter_that_cannot_be_meant_is_refused_and_not_taken_for_none(
    platform: RunningPlatform, path: str
) -> None:
    refused = platform.call("GET", path)
    assert (refused.status, refused.json["error"]) == (400, "BadRequest")


def test_a_file_that_is_written_without_a_body_is_empty(platform: RunningPlatform) -> None:
    made = platform.call("PUT", "/workspace/files/nothing.txt")
    assert made.status == 201
    assert platform.call("GET", "/workspace/files/nothing.txt").json["size"] == 0


def test_the_state_of_a_workspace_is_told(platform: RunningPlatform) -> None:
    status = platform.call("GET", "/workspace/status").json
    assert (status["mode"], status["isReadOnly"], status["githubConnection"]) == (
        "manual-edit",
        False,
        None,
    )
    assert status["view"] == {"version": status["version"], "state": "clean"}
    health = platform.call("GET", "/health")
    assert health.status == 200
    assert {name: one["healthy"] for name, one in health.json["checks"].items()} == dict.fromkeys(
        ("table", "queue", "workspace", "temporary", "vault"), True
    )


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b"null", {}, 400),
        (b'{"from": 1, "to": "a"}', {}, 400),
        (b'{"from": "a"}', {}, 400),
        (b'{"from": "a", "to": "b", "more": 1}', {}, 400),
        (b'{"from": "a", "to": "\\ud800"}', {}, 400),
        (b"[" * 100_000, {}, 400),
        (b'{"from": NaN, "to": "b"}', {}, 400),
        (b'{"from": "jobs/greet.py", "to": "a", "to": "b"}', {}, 400),
        (b'{"from": "jobs/greet.py", "to": "a", "overwrite": -Infinity}', {}, 400),
        (b'{"from": "jobs/greet.py", "to": "\xff"}', {}, 400),
        (b'{"from": "jobs/greet.py", "to": "\xed\xa0\x80"}', {}, 400),
        ('{"from": "jobs/greet.py", "to": "b"}'.encode("utf-16"), {}, 400),
        (b"from=a", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"x" * (9 << 20), {}, 413),
        (b'{"from": "no", "to": "b"}', {}, 404),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_body_is_told_and_does_nothing(
    platform: RunningPlatform, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = platform.call("POST", "/workspace/move", body, headers=headers)
    assert answer.status == status
    assert {"error", "message", "details"} == answer.json.keys()


def test_what_is_given_to_a_workflow_is_said_once_and_finite(platform: RunningPlatform) -> None:
    path = "/workflows/greet/executions"
    for body, name in (
        (b'{"input": {"name": "Ada", "name": "Bob"}}', "name"),
        (b'{"mode": "async", "input": {"name": "Ada"}, "mode": "sync"}', "mode"),
    ):
        refused = platform.call("POST", path, body)
        assert (refused.status, refused.json["error"]) == (400, "BadRequest")
        assert [one["name"] for one in refused.json["details"]["faults"]] == [name]
    for number in (b"NaN", b"Infinity", b"-Infinity", b"1e999"):
        refused = platform.call("POST", path, b'{"input": {"name": %s}}' % number)
        assert (refused.status, refused.json["error"]) == (400, "BadRequest"), number


def test_a_saved_workflow_runs_at_once_for_whom_it_is(
    platform: RunningPlatform, known_callers: Callers
) -> None:
    code = (
        "from funcyard.workflows.sdk import workflow\n"
        "@workflow(name='own', execution_mode='sync')\ndef own():\n    return {'n': 1}\n"
    )
    assert platform.put("own.py", code, organization="acme").status in (200, 201)
    done = platform.run("own", token=known_callers.member)
    assert (done.status, done.json["status"], done.json["result"]) == (200, "Success", {"n": 1})
    platform.put("own.py", code.replace("1}", "2}"), organization="acme")
    assert platform.run("own", token=known_callers.member).json["result"] == {"n": 2}
    assert platform.run("own").status == 404  # GLOBAL has none
    assert platform.run("own", organization="other").status == 404
    identity = done.json["executionId"]
    mine = platform.call("GET", f"/executions/{identity}", token=known_callers.member)
    assert mine.json["caller"] == "ann@acme"
    assert platform.call("GET", f"/executions/{identity}", organization="other").status == 404


def test_an_execution_that_nobody_waits_for_is_run_and_can_be_followed(
    platform: RunningPlatform,
) -> None:
    path, key = "/workflows/greet/executions", {"Idempotency-Key": "one-of-a-kind"}
    body = {"input": {"name": "Ada"}, "mode": "async"}
    queued = platform.call("POST", path, body, headers=key)
    assert queued.status == 202
    place = queued.headers["location"].removeprefix("/api")
    assert platform.call("POST", path, body, headers=key).json["executionId"] in place
    other = {"input": {"name": "Bob"}, "mode": "async"}
    assert platform.call("POST", path, other, headers=key).status == 409
    logs = platform.call("GET", f"{place}/logs?follow=true")
    assert logs.headers["content-type"] == "application/x-ndjson"
    entries = [json.loads(line) for line in logs.body.splitlines()]
    assert "greeting Ada" in [entry["text"] for entry in entries]
    (told,) = [one for one in operations("workflows-api.yaml") if one.id == "read_logs"]
    schema = told.document["responses"]["200"]["content"]["application/x-ndjson"]["schema"]
    for entry in entries:
        Draft202012Validator(schema).validate(entry)
    eventually(lambda: platform.call("GET", place).json["status"], lambda one: one == "Success")
    assert platform.call("GET", f"{place}/result").json == "Hello Ada"
    part = platform.call("GET", f"{place}/logs")
    assert part.headers["x-log-over"] == "true"
    rest = platform.call("GET", f"{place}/logs?after={part.headers['x-log-next']}")
    assert rest.body == b""
    assert platform.call("POST", f"{place}/cancel").status == 409


def test_executions_are_listed_a_page_at_a_time(platform: RunningPlatform) -> None:
    for number in range(5):
        platform.run("greet", {"name": str(number)}, organization="other")
    seen, after = [], ""
    while True:
        page = platform.call("GET", f"/executions?limit=2{after}", organization="other").json
        seen += [one["executionId"] for one in page["executions"]]
        if "continuation" not in page:
            break
        after = f"&continuation={page['continuation']}"
    assert len(seen) == len(set(seen)) == 5
    for query in ("status=x", "limit=0", "limit=101", "continuation=x", "continuation=a'b"):
        assert platform.call("GET", f"/executions?{query}").status == 400, query


def test_what_a_workflow_is_given_is_checked_before_it_runs(platform: RunningPlatform) -> None:
    wrong = platform.call("POST", "/workflows/greet/executions", {"input": {"age": 1}})
    assert wrong.status == 400
    assert wrong.json["details"]["faults"] == [
        {"name": "name", "message": "is required"},
        {"name": "age", "message": "is not a parameter"},
    ]
    listed = platform.call("GET", "/workflows").json
    assert "greet" in [one["name"] for one in listed["workflows"]]
    assert platform.call("GET", "/data-providers/colours").json == {"options": ["red", "blue"]}
    assert platform.call("GET", "/workflows/none").status == 404


def test_a_client_that_leaves_a_download_ends_it(platform: RunningPlatform) -> None:
    noise = base64.b64encode(bytes(range(256)) * 30_000).decode()
    for number in range(3):
        body = {"content": noise + str(number) * 4, "encoding": "base64"}
        platform.call("PUT", f"/workspace/files/big/{number}.bin", body)
    connection = HTTPConnection("127.0.0.1", platform.port, timeout=30)
    headers = {"Authorization": f"Bearer {platform.token}"}
    connection.request("GET", "/api/workspace/download?stored=true", headers=headers)
    assert connection.getresponse().read(1000).startswith(b"PK")
    connection.close()
    assert platform.call("GET", "/workspace/status").status == 200
    eventually(
        lambda: any(
            "download' (ClientDisconnect" in one.get("message", "") for one in platform.said()
        )
    )
    platform.call("DELETE", "/workspace/directories/big")


@pytest.mark.parametrize("stored", ["true", "false"])
def test_a_download_that_fails_on_the_way_is_torn_and_never_taken_for_whole(
    platform: RunningPlatform, stored: str
) -> None:
    marks = random.Random(stored).randbytes(600_000)  # noqa: S311 - guards nothing
    body = {"content": base64.b64encode(marks).decode(), "encoding": "base64"}
    name = f"torn-{stored}"
    platform.call("POST", "/organizations", {"id": name, "name": name})
    platform.put("a.txt", "whole", organization=name)
    assert platform.call("PUT", "/workspace/files/b.bin", body, organization=name).status == 201
    kept = platform.root / ".funcyard" / "workspace" / "azurite" / "__blobstorage__"
    (place,) = [path for path in kept.iterdir() if marks[:64] in path.read_bytes()]
    content = bytearray(place.read_bytes())
    content[content.index(marks[:64]) + 300_000] ^= 1
    place.write_bytes(content)
    with pytest.raises(HTTPException):
        platform.call("GET", f"/workspace/download?stored={stored}", organization=name)
    damaged = platform.call("GET", "/workspace/files/b.bin", organization=name)
    assert (damaged.status, damaged.json["error"]) == (500, "ContentDamaged")
    assert platform.call("GET", "/workspace/files/a.txt", organization=name).status == 200
