"""The rules that ask a deployed app, against a server that answers what hosts and ingresses do."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.deployed.site import RUNNING, STOPPED_APP, Reply, host, serving
from tests.unit.preflight.given import EMPTY, facts

from funcyard.functions.model import Binding, Function, Index, LoadFailure
from funcyard.functions.survey import Survey
from funcyard.preflight.facts import Facts
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group
from funcyard.preflight.rules import RULES
from funcyard.preflight.target import Online

_RULES = [rule for rule in RULES if rule.group is Group.DEPLOYED]


def _survey(*names: str, failure: LoadFailure | None = None) -> Survey:
    trigger = Binding(name="t", type="timerTrigger", direction="in", properties={})
    functions = tuple(Function(name, "function_app.py", (trigger,)) for name in names)
    return Survey(index=Index(functions=functions, failure=failure), interpreter=EMPTY.interpreter)


@contextlib.contextmanager
def _asked(
    folder: Path,
    replies: dict[str, Reply],
    survey: Survey = EMPTY,
    *,
    key: str = "sesame",
    app: str = "api",
) -> Iterator[Facts]:
    with serving(replies, key="sesame") as site:
        online = Online(site.url, key, app)
        yield facts(folder, {}, survey=survey, request={"online": online})


def _found(given: Facts) -> list[Finding]:
    return [finding for rule in _RULES for finding in rule.check(given)]


def test_a_host_that_runs_what_is_here_gives_nothing(tmp_path: Path) -> None:
    with _asked(tmp_path, host("Ingest", "clean"), _survey("ingest", "Clean")) as given:
        assert _found(given) == []


def test_without_an_address_nothing_is_asked(tmp_path: Path) -> None:
    assert _found(facts(tmp_path, {})) == []


def test_missing_and_other_functions_are_named(tmp_path: Path) -> None:
    with _asked(tmp_path, host("old", "clean"), _survey("clean", "ingest", "tick")) as given:
        (finding,) = _found(given)

    assert (finding.rule, finding.severity) == ("deployed-functions-differ", Severity.ERROR)
    assert finding.message.startswith("api: 2 functions run at http://127.0.0.1:")
    assert finding.message.endswith(", 3 are here")
    assert finding.evidence == "missing there: ingest, tick\nonly there: old"
    assert "--logs -" in finding.next


def test_a_host_that_runs_and_serves_none_of_ten_is_the_seed_s_story(tmp_path: Path) -> None:
    ten = [f"activity_{number}" for number in range(10)]
    with _asked(tmp_path, host(), _survey(*ten)) as given:
        (finding,) = _found(given)

    assert "api: 0 functions run" in finding.message
    assert "activity_9" in finding.evidence


def test_another_app_s_functions_do_not_count(tmp_path: Path) -> None:
    with _asked(tmp_path, host("clean"), _survey("ingest"), app="worker") as given:
        assert _found(given) == []


def test_an_app_that_does_not_load_here_is_not_compared(tmp_path: Path) -> None:
    failed = _survey(failure=LoadFailure("ValueError", "x"))
    with _asked(tmp_path, host("clean"), failed) as given:
        assert _found(given) == []


def test_a_host_that_lists_nothing_cannot_be_compared(tmp_path: Path) -> None:
    replies = {**host(), "/admin/functions": Reply(404)}
    with _asked(tmp_path, replies, _survey("clean")) as given:
        (finding,) = _found(given)

    assert (finding.rule, finding.severity) == ("deployed-functions-differ", Severity.WARNING)
    assert finding.evidence == "GET /admin/functions: 404"


@pytest.mark.parametrize(
    "errors", [[], ["System.Private.CoreLib: WorkerConfig for runtime: python not found."]]
)
def test_a_host_in_error_is_told_with_its_own_words(tmp_path: Path, errors: list[str]) -> None:
    with _asked(tmp_path, host(state="Error", errors=errors)) as given:
        first = _found(given)[0]

    assert (first.rule, first.severity) == ("deployed-host-not-running", Severity.ERROR)
    assert "is in state Error" in first.message
    assert first.evidence == "\n".join(errors) if errors else '"state": "Error"' in first.evidence


@pytest.mark.parametrize("state", ["Default", "Starting", "Initialized"])
def test_a_host_that_starts_is_a_warning_to_ask_again(tmp_path: Path, state: str) -> None:
    with _asked(tmp_path, host("clean", state=state), _survey("clean")) as given:
        (finding,) = _found(given)

    assert finding.severity is Severity.WARNING
    assert finding.next == "ask again in a minute"


@pytest.mark.parametrize("state", ["Stopping", "Stopped", "Offline"])
def test_a_host_that_stopped_is_an_error(tmp_path: Path, state: str) -> None:
    with _asked(tmp_path, host("clean", state=state), _survey("clean")) as given:
        assert [f.severity for f in _found(given)] == [Severity.ERROR]


def test_a_host_that_runs_with_errors_is_a_warning(tmp_path: Path) -> None:
    with _asked(tmp_path, host("clean", errors=["one"]), _survey("clean")) as given:
        (finding,) = _found(given)

    assert (finding.severity, finding.evidence) == (Severity.WARNING, "one")


def test_a_host_that_is_not_ready_answers_so_to_everything(tmp_path: Path) -> None:
    down = Reply(503, "Function host is not running.")
    with _asked(
        tmp_path, {"/": down, "/admin/host/status": down, "/admin/functions": down}
    ) as given:
        (finding,) = _found(given)

    assert finding.rule == "deployed-host-not-running"
    assert finding.evidence == "GET /admin/host/status: 503 Function host is not running."


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "FUNCYARD_MASTER_KEY is not set"),
        ("wrong", "FUNCYARD_MASTER_KEY is not its master key"),
    ],
)
def test_a_refused_key_is_one_finding_that_never_shows_it(
    tmp_path: Path, key: str, said: str
) -> None:
    with _asked(tmp_path, host("clean"), _survey("clean"), key=key) as given:
        (finding,) = _found(given)

    assert finding.rule == "deployed-key-refused"
    assert said in finding.message
    assert "wrong" not in repr(finding)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(403, "RBAC: access denied"), "does not accept requests from this address"),
        (Reply(403), "forbids it"),
        (Reply(302, headers={"Location": "/.auth/login/aad"}), "wants a sign-in first"),
    ],
)
def test_other_refusals_are_told_apart(tmp_path: Path, reply: Reply, said: str) -> None:
    with _asked(tmp_path, {"/": Reply(200), "/admin/host/status": reply}) as given:
        (finding,) = _found(given)

    assert finding.rule == "deployed-key-refused"
    assert said in finding.message


def test_an_app_that_the_ingress_does_not_know_is_unreachable(tmp_path: Path) -> None:
    page = Reply(404, STOPPED_APP)
    with _asked(tmp_path, {"/": page, "/admin/host/status": page}) as given:
        (finding,) = _found(given)

    assert (finding.rule, finding.severity) == ("deployed-unreachable", Severity.ERROR)
    assert "the ingress knows no running container app of that name" in finding.message
    assert "This Container App is stopped or does not exist" in finding.evidence
    assert "--type system" in finding.next


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({**RUNNING, "errors": None}),
        json.dumps({**RUNNING, "errors": "text", "state": "Running"}),
        json.dumps({"state": "Running"}),
    ],
)
def test_a_status_of_any_form_is_read(tmp_path: Path, body: str) -> None:
    replies = {**host("clean"), "/admin/host/status": Reply(200, body)}
    with _asked(tmp_path, replies, _survey("clean")) as given:
        assert _found(given) == []
