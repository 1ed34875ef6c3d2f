from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import threading
from pathlib import Path

import psutil
import pytest
from tests.e2e.running import FUNCYARD, Answer, Up, eventually, fetch, make_project

SOURCE = """
import logging

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="hello/{name?}", auth_level=func.AuthLevel.ANONYMOUS)
async def hello(req: func.HttpRequest) -> func.HttpResponse:
    name = req.route_params.get("name") or req.params.get("name")
    return func.HttpResponse(f"Hello {name}", headers={"X-Two": "2"})


@app.route(route="items/{id:int}", methods=["PUT"])
def put_item(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.get_body(), status_code=201, mimetype="application/octet-stream")


@app.route(route="cookies")
def cookies(req: func.HttpRequest) -> func.HttpResponse:
    answer = func.HttpResponse("ok")
    answer.headers.add_header("Set-Cookie", "a=1; Path=/; HttpOnly")
    answer.headers.add_header("Set-Cookie", "b=2")
    return answer


@app.route(route="text")
def text(req: func.HttpRequest) -> str:
    return "plain text"


@app.route(route="nothing")
def nothing(req: func.HttpRequest):
    return None


@app.route(route="boom")
def boom(req: func.HttpRequest) -> str:
    raise ValueError("on purpose")


@app.route(route="who")
async def who(req: func.HttpRequest, context: func.Context) -> str:
    logging.warning("asked who")
    return f"{context.function_name} {context.trace_context.trace_parent} {context.invocation_id}"


@app.route(route="admins", auth_level=func.AuthLevel.ADMIN)
def admins(req: func.HttpRequest) -> str:
    return "admin"
"""

RULES = {
    "version": "2.0",
    "logging": {"logLevel": {"default": "Information", "Function.who.User": "Error"}},
    "extensions": {
        "http": {"routePrefix": "v1", "customHeaders": {"X-Content-Type-Options": "nosniff"}}
    },
}
LIMITS = {"version": "2.0", "extensions": {"http": {"maxOutstandingRequests": 0}}}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    apps = {"api": SOURCE, "ruled": SOURCE, "limited": SOURCE}
    project = make_project(tmp_path_factory.mktemp("http"), apps)
    for app, document in (("ruled", RULES), ("limited", LIMITS)):
        (project / "functions" / app / "host.json").write_text(json.dumps(document))
    return project


@pytest.fixture(scope="module")
def up(project: Path, apps_python: Path):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a generator fixture
    with Up(project, apps_python) as running:
        yield running


def test_the_first_line_tells_apps_functions_and_storage_without_keys(up: Up) -> None:
    assert up.ready["event"] == "ready"
    assert up.app()["state"] == "ready"
    routes = {f["name"]: (f["trigger"], f["route"]) for f in up.app()["functions"]}
    assert routes["hello"] == ("http", "/api/hello/{name?}")
    assert set(up.ready["storage"]) == {"blob", "queue", "table"}
    assert "AccountKey" not in json.dumps(up.ready)


def test_route_and_query_parameters_reach_the_function(up: Up) -> None:
    assert fetch(up.url("/api/hello/Ada")).body == b"Hello Ada"
    assert fetch(up.url("/api/hello?name=Grace%20H")).body == b"Hello Grace H"


def test_headers_status_and_type_are_the_function_s(up: Up) -> None:
    answer = fetch(up.url("/api/hello/x"))

    assert (answer.status, answer.headers["x-two"]) == (200, "2")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_large_binary_body_comes_back_as_it_was(up: Up) -> None:
    body = os.urandom(20_000_000)

    answer = fetch(up.url("/api/items/7"), method="PUT", body=body)

    assert (answer.status, answer.body) == (201, body)


def test_each_cookie_is_a_header_of_its_own(up: Up) -> None:
    host = up.app()["url"].removeprefix("http://")
    connection = http.client.HTTPConnection(host)
    connection.request("GET", "/api/cookies")
    values = connection.getresponse().headers.get_all("set-cookie")
    connection.close()

    assert values is not None
    assert sorted(value.split(";")[0] for value in values) == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/api/text", 200, b"plain text"),
        ("/api/nothing", 204, b""),
        ("/api/boom", 500, b""),
        ("/api/items/seven", 404, b""),
        ("/api/items/7", 405, b""),
        ("/api/unknown", 404, b""),
        ("/", 200, b"api is running"),
    ],
)
def test_the_answer_is_the_real_host_s(up: Up, path: str, status: int, body: bytes) -> None:
    answer = fetch(up.url(path))

    assert (answer.status, answer.body) == (status, body)


def test_a_failure_is_logged_with_its_traceback(up: Up) -> None:
    fetch(up.url("/api/boom"))

    event = up.wait_for(lambda e: e["event"] == "invocation" and e["function"] == "boom")

    assert "Failed" in event["message"]
    assert 'raise ValueError("on purpose")' in event["message"]


def test_context_and_log_lines_carry_the_invocation(up: Up) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    name, trace, identity = fetch(up.url("/api/who"), headers={"traceparent": parent}).body.split()

    assert (name, trace) == (b"who", parent.encode())
    line = up.wait_for(lambda e: e["event"] == "log" and e["message"] == "asked who")
    assert (line["level"], line["function"]) == ("warning", "who")
    assert line["invocation_id"] == identity.decode()


def test_requests_run_at_the_same_time(up: Up) -> None:
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(fetch(up.url("/api/hello/x"))))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [a.body for a in answers] == [b"Hello x"] * 20


def test_keys_are_not_asked_for_on_loopback(up: Up) -> None:
    assert fetch(up.url("/api/admins")).body == b"admin"


def test_admin_routes_describe_the_app_as_the_real_host_does(up: Up) -> None:
    status = json.loads(fetch(up.url("/admin/host/status")).body)
    functions = json.loads(fetch(up.url("/admin/functions")).body)
    one = json.loads(fetch(up.url("/admin/functions/HELLO")).body)

    assert status["state"] == "Running"
    assert {f["name"] for f in functions} >= {"hello", "boom"}
    assert one["config"]["bindings"][0]["type"] == "httpTrigger"
    assert fetch(up.url("/admin/host/ping")).status == 200
    assert fetch(up.url("/admin/functions/none")).status == 404
    assert fetch(up.url("/admin/elsewhere")).status == 404


def test_admin_routes_refuse_a_page_that_reached_them_by_its_own_name(up: Up) -> None:
    refused = fetch(up.url("/admin/functions"), headers={"Host": "evil.example"})

    assert refused.status == 401


def test_with_keys_enforced_each_level_opens_for_its_keys_only(
    apps_python: Path, tmp_path: Path
) -> None:
    other = make_project(tmp_path / "p", {"api": SOURCE})
    with Up(other, apps_python, ("--enable-auth",)) as up:
        keys = json.loads((other / ".funcyard/run/keys/api.json").read_text())

        def status(path: str, key: str = "", **headers: str) -> int:
            code = f"?code={key}" if key else ""
            return fetch(up.url(path + code), headers=headers).status

        assert (other / ".funcyard/run/keys/api.json").stat().st_mode & 0o777 == 0o600
        assert status("/api/hello") == 200
        assert status("/api/text") == 401
        assert status("/api/text", "wrong") == 401
        for key in (keys["functions"]["text"], keys["host"], keys["master"]):
            assert status("/api/text", key) == 200
        assert fetch(up.url("/api/text"), headers={"x-functions-key": keys["host"]}).status == 200
        assert status("/api/text", keys["functions"]["who"]) == 401
        assert status("/api/admins", keys["host"]) == 401
        assert status("/api/admins", keys["master"]) == 200
        assert status("/admin/host/status") == 401
        assert (
            fetch(up.url("/admin/host/status"), headers={"x-functions-key": keys["master"]}).status
            == 200
        )


def test_host_json_rules_prefix_headers_and_log_levels(up: Up) -> None:
    answer = fetch(up.url("/v1/hello/Ada", "ruled"))
    assert (answer.body, answer.headers["x-content-type-options"]) == (b"Hello Ada", "nosniff")
    assert fetch(up.url("/api/hello", "ruled")).status == 404
    assert fetch(up.url("/v1/who", "ruled")).status == 200
    up.wait_for(lambda e: (e["event"], e["app"], e["function"]) == ("invocation", "ruled", "who"))
    asked = [event["app"] for event in up.events if event["message"] == "asked who"]
    assert "ruled" not in asked


def test_a_request_over_the_outstanding_limit_is_told_so(up: Up) -> None:
    assert fetch(up.url("/api/hello", "limited")).status == 429
    assert fetch(up.url("/admin/host/ping", "limited")).status == 200


def test_without_node_the_reason_and_what_to_install_are_said(
    tmp_path: Path, apps_python: Path
) -> None:
    project = make_project(tmp_path / "p", {"api": SOURCE})
    done = subprocess.run(
        [FUNCYARD, "up", project, "--python", apps_python],
        capture_output=True, text=True, check=False, env={**os.environ, "PATH": str(tmp_path)},
    )  # fmt: skip

    assert done.returncode == 1
    assert "Node.js is missing" in done.stderr
    assert "hint: install Node.js 20 or newer" in done.stderr
    assert "Traceback" not in done.stderr


def test_on_another_address_keys_are_always_asked_for(tmp_path: Path, apps_python: Path) -> None:
    project = make_project(tmp_path / "p", {"api": SOURCE})
    with Up(project, apps_python, ("--address", "0.0.0.0")) as up:  # noqa: S104 - what is tested
        assert fetch(up.url("/api/text")).status == 401
        assert fetch(up.url("/admin/functions")).status == 401
        assert fetch(up.url("/api/hello")).status == 200
        assert up.ready["storage"]["blob"].startswith("http://127.0.0.1:")


def test_apps_listen_on_loopback_alone(up: Up) -> None:
    port = int(up.app()["url"].rsplit(":", 1)[1])
    process = psutil.Process(up.process.pid)
    listening = [c.laddr for c in process.net_connections("inet") if c.status == "LISTEN"]

    assert ("127.0.0.1", port) in listening
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_a_request_that_comes_while_the_app_loads_waits_for_it(
    tmp_path: Path, apps_python: Path
) -> None:
    slow = f"import time\ntime.sleep(2)\n{SOURCE}"
    project = make_project(tmp_path, {"api": slow})
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    offset = str(port - 21000)
    with subprocess.Popen(
        [FUNCYARD, "up", project, "--python", apps_python, "--port-offset", offset],
        stdout=subprocess.PIPE,
    ) as process:
        try:
            eventually(lambda: listens(port))
            answer = fetch(f"http://127.0.0.1:{port}/api/hello")
        finally:
            process.terminate()
            process.communicate(timeout=30)
    assert answer.status == 200


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
