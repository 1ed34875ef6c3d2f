"""What checks make of what is known: the cause is named, and nothing that works is blamed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from funcyard.azure.activity_log import Change
from funcyard.azure.errors import AzureNotFoundError, AzureUnreachableError
from funcyard.azure.resource_ids import ResourceId
from funcyard.capacity.sizes import Size
from funcyard.containerapps.capacity import Capacity, Need
from funcyard.containerapps.environment import Environment, Profile
from funcyard.containerapps.events import Event
from funcyard.containerapps.health.asking.built import compared
from funcyard.containerapps.health.asking.endpoint import address_of
from funcyard.containerapps.health.facts import (
    Built,
    Endpoint,
    Expected,
    Facts,
    Host,
    MissingRole,
    StorageSeen,
)
from funcyard.containerapps.health.judging import CHECKS, judge
from funcyard.containerapps.health.results import CAUSES, Judgement, Outcome, Report
from funcyard.containerapps.models import (
    App,
    Ingress,
    Registry,
    Replica,
    ReplicaContainer,
    Revision,
    Secret,
    Traffic,
)
from funcyard.containerapps.states import (
    AppStates,
    ContainerStates,
    ReplicaStates,
    RevisionStates,
)
from funcyard.containerapps.template import (
    Container,
    Probe,
    Scale,
    ScaleRule,
    Template,
    Variable,
)
from funcyard.deployed.answers import Deployed, Exchange
from funcyard.deployed.diagnosis import diagnose
from funcyard.deployed.log import records_of
from funcyard.oci.distribution import Manifest

_NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
_WHO = ResourceId("0" * 8, "g", "Microsoft.App/containerApps", "app")
_IMAGE = "reg.azurecr.io/app@sha256:" + "a" * 64
_HOME = Exchange("/", 200)


def _container(**changes: object) -> Container:
    variables = (Variable("AzureWebJobsStorage", None, "storage"),)
    whole = Container("app", _IMAGE, Size(Fraction(1), Fraction(2)), variables=variables)
    return replace(whole, **changes)  # type: ignore[arg-type]  # a test's own words


def _replica(name: str = "app--2-x", **states: object) -> Replica:
    whole = ContainerStates("Running", "", ready=True, started=True)
    own = replace(whole, **states)  # type: ignore[arg-type]  # a test's own words
    return Replica("", name, ReplicaStates("Running"), containers=(ReplicaContainer("app", own),))


def _revision(name: str = "app--2", state: str = "Running", **changes: object) -> Revision:
    template = Template((_container(),), scale=Scale(least=1))
    states = RevisionStates("Provisioned", state, "Healthy")
    made = _NOW - timedelta(hours=2)
    whole = Revision("", name, states, active=True, created=made, template=template)
    return replace(whole, **changes)  # type: ignore[arg-type]  # a test's own words


_APP = App(
    "/subscriptions/s/a",
    "app",
    AppStates("Succeeded", "Running"),
    profile="e16",
    latest_revision="app--2",
    latest_ready_revision="app--2",
    ingress=Ingress("app.example", external=True, target_port=80),
    template=Template((_container(),), scale=Scale(least=1)),
    secrets=(Secret("storage"),),
)


def _capacity(maximum: int) -> Capacity:
    need = Need(1, 2, fits=maximum > 1)
    node = Size(Fraction(16), Fraction(128))
    return Capacity("e16", "E16", node, maximum=maximum, replica=node, single=need, multiple=need)


def _healthy(**changes: object) -> Facts:
    """Return what is known of an app of which nothing is wrong, but for what a test changes."""
    whole = Facts(
        _WHO,
        _NOW,
        app=_APP,
        revisions=(_revision(),),
        replicas={"app--2": (_replica(),)},
        environment=Environment("", "env", profiles=(Profile("e16", "E16", 1, 2),)),
        capacity=_capacity(2),
        endpoint=Endpoint("https://app.example", ("1.2.3.4",), home=_HOME),
        is_deep=True,
        host=Host(_answering("Running", ["a", "b"]), "the secret master"),
        expected=Expected(2, frozenset({"a", "b"})),
        storage=StorageSeen("acc.blob.core.windows.net"),
        listening=frozenset({80}),
        has_lines=True,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # a test's own words


def _answering(state: str, names: list[str] | None, errors: str = "[]") -> Deployed:
    status = Exchange("/admin/host/status", 200, {}, f'{{"state": "{state}", "errors": {errors}}}')
    listed = ", ".join(f'{{"name": "{name}"}}' for name in names or ())
    functions = Exchange("/admin/functions", 200, {}, f"[{listed}]")
    return Deployed(
        "https://app.example", with_key=True, home=_HOME, status=status, functions=functions
    )


def _not_ready(state: str = "ActivationFailed", **changes: object) -> Facts:
    """Return what is known where the latest revision did not become ready."""
    app = replace(_healthy().existing, latest_ready_revision="app--1")
    old, new = _revision("app--1"), _revision("app--2", state)
    waiting = _replica(ready=False, started=False)
    facts = _healthy(
        app=app,
        revisions=(old, new),
        replicas={"app--1": (_replica("app--1-x"),), "app--2": (waiting,)},
        host=None,
        listening=frozenset(),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # a test's own words


def _event(reason: str, message: str, kind: str = "Warning") -> Event:
    return Event(_NOW, kind, reason, message, "app", "app--2", "app--2-x")


def _app(**changes: object) -> App:
    return replace(_healthy().existing, **changes)  # type: ignore[arg-type]  # a test's own words


def _failures(report: Report) -> list[str]:
    return [one.check for one in report.results if one.found.outcome is Outcome.FAIL]


def test_of_an_app_that_works_nothing_is_blamed() -> None:
    report = judge(_healthy())
    assert [
        (one.check, one.found) for one in report.results if one.found.outcome is not Outcome.PASS
    ] == [("roles", next(o.found for o in report.results if o.check == "roles"))]
    assert report.cause is None
    assert not report.has_failed


def test_every_check_has_a_place_in_the_order_of_causes() -> None:
    assert sorted(CAUSES) == sorted(one.name for one in CHECKS)


_REFUSED = Change(_NOW, "Microsoft.App/containerApps/write", "Failed", "ContainerAppInvalid", "cpu")
_PULL = "Failed to pull image 'reg.azurecr.io/app:2': "

_BROKEN: dict[str, tuple[Facts, str, str]] = {
    "absent": (
        _healthy(app=None, faults={"app": AzureNotFoundError("reading it: (404)")}),
        "app",
        "there is no container app app",
    ),
    "refused": (
        _healthy(changes=(_REFUSED,)),
        "changes",
        "refused (ContainerAppInvalid): cpu",
    ),
    "stopped": (_healthy(app=_app(states=AppStates("Succeeded", "Stopped"))), "app", "Stopped"),
    "inactive": (_healthy(revisions=(_revision(active=False),)), "revisions", "none of the 1"),
    "no such image": (
        _not_ready(events=(_event("ImagePullFailure", _PULL + "manifest unknown: not found"),)),
        "image",
        "there is no image",
    ),
    "password": (
        _not_ready(
            app=_app(
                latest_ready_revision="app--1",
                registries=(Registry("reg.azurecr.io", "who", "registry-password"),),
            ),
            events=(_event("ImagePullUnauthorized", _PULL + "401 Unauthorized"),),
        ),
        "image",
        "refuses the password of who (secret registry-password)",
    ),
    "role": (
        _not_ready(
            app=_app(
                latest_ready_revision="app--1",
                registries=(Registry("reg.azurecr.io", identity="system"),),
            ),
            events=(_event("ImagePullUnauthorized", _PULL + "401 Unauthorized"),),
            missing_roles=(MissingRole("AcrPull", "/reg", "who", "pull its image"),),
        ),
        "roles",
        "lacks AcrPull",
    ),
    "another image": (
        _healthy(built=Built("reg.azurecr.io/app:3", "sha256:b", "sha256:a")),
        "image",
        "not what was built",
    ),
    "capacity": (
        _not_ready(
            replicas={"app--1": (_replica("app--1-x"),), "app--2": ()},
            capacity=_capacity(1),
        ),
        "capacity",
        "need 2 nodes, and there are at most 1",
    ),
    "profile": (_healthy(app=_app(profile="d4")), "capacity", "no workload profile d4"),
    "port": (
        _not_ready(
            listening=frozenset({8080}),
            events=(_event("ProbeFailed", "Probe of StartUp failed: connection refused"),),
        ),
        "port",
        "sent to port 80, and the app listens on 8080",
    ),
    "probe's path": (
        _not_ready(
            events=(_event("ProbeFailed", "Probe of Liveness failed with status code: 404"),),
            listening=frozenset({80}),
        ),
        "probes",
        "gets 404",
    ),
    "probe's port": (
        _not_ready(
            app=_app(
                latest_ready_revision="app--1",
                template=Template((_container(probes=(Probe("Startup", "tcpSocket", 9),)),)),
            ),
            events=(_event("ProbeFailed", "Probe of StartUp failed: connection refused"),),
            listening=frozenset({80}),
        ),
        "probes",
        "asks at port 9, and the app listens on 80",
    ),
    "probe's patience": (
        _not_ready(
            app=_app(
                latest_ready_revision="app--1",
                template=Template((_container(probes=(Probe("Startup", "tcpSocket", 80),)),)),
            ),
            events=(_event("ProbeFailed", "Probe of StartUp failed: connection refused"),),
            listening=frozenset({80}),
        ),
        "probes",
        "gives up after about 30 seconds",
    ),
    "memory": (
        _not_ready(
            replicas={
                "app--2": (
                    _replica(
                        running_state="Terminated",
                        ready=False,
                        restart_count=4,
                        details="OOMKilled",
                    ),
                )
            }
        ),
        "replicas",
        "more memory than it may of 1 vCPU and 2 GiB",
    ),
    "crash": (
        _not_ready(
            replicas={
                "app--2": (
                    _replica(
                        running_state="Waiting",
                        ready=False,
                        restart_count=4,
                        details="CrashLoopBackOff",
                    ),
                )
            },
            diagnoses=diagnose(records_of("ModuleNotFoundError: No module named 'numpy'")),
        ),
        "logs",
        "there is no module numpy",
    ),
    "setting": (
        _healthy(app=_app(template=Template((_container(variables=()),), scale=Scale(least=1)))),
        "settings",
        "AzureWebJobsStorage is missing",
    ),
    "secret": (_healthy(app=_app(secrets=())), "settings", "the secret storage, which the app"),
    "storage": (
        _healthy(storage=StorageSeen("acc", "it refuses the key", "set it")),
        "storage",
        "acc: it refuses the key",
    ),
    "no function": (
        _healthy(
            host=Host(_answering("Running", [])),
            diagnoses=diagnose(records_of("FunctionLoadError: cannot load the a function: bad")),
        ),
        "functions",
        "0 found, expected 2: the worker refuses a function",
    ),
    "some functions": (
        _healthy(host=Host(_answering("Running", ["a"]))),
        "functions",
        "1 found, expected 2: b missing",
    ),
    "host": (
        _healthy(host=Host(_answering("Error", ["a", "b"], '["bad host.json"]'))),
        "host",
        "it is Error: bad host.json",
    ),
    "name": (
        _healthy(endpoint=Endpoint("https://app.example", fault="unknown")),
        "endpoint",
        "does not resolve",
    ),
    "asleep": (
        _healthy(
            app=_app(ingress=None),
            endpoint=None,
            revisions=(_revision(template=Template((_container(),))),),
            replicas={"app--2": ()},
        ),
        "replicas",
        "nothing wakes it: it has neither ingress nor a scale rule",
    ),
    "traffic of nobody": (
        _healthy(
            app=_app(
                mode="Multiple",
                ingress=replace(_APP.ingress or Ingress(), traffic=(Traffic(100, "app--1"),)),
            )
        ),
        "revisions",
        "100 % of the requests go to app--1, which is not active",
    ),
    "traffic of the old": (
        _healthy(
            app=_app(
                mode="Multiple",
                ingress=replace(_APP.ingress or Ingress(), traffic=(Traffic(100, "app--1"),)),
            ),
            revisions=(_revision("app--1"), _revision()),
            replicas={"app--1": (_replica("app--1-x"),), "app--2": (_replica(),)},
        ),
        "revisions",
        "app--2, the latest, gets no requests",
    ),
}


@pytest.mark.parametrize("case", _BROKEN)
def test_of_an_app_that_does_not_work_the_cause_is_named(case: str) -> None:
    facts, check, told = _BROKEN[case]
    report = judge(facts)
    assert report.cause is not None, report
    assert (report.cause.check, told) == (check, told), report
    assert told in report.cause.found.message
    assert report.cause.found.next


def test_a_revision_on_its_way_is_no_failure() -> None:
    young = _revision("app--2", "Activating", created=_NOW - timedelta(seconds=20))
    facts = _not_ready(revisions=(_revision("app--1"), young), storage=None)
    assert _failures(judge(facts)) == []


def test_an_old_refusal_is_a_warning_where_the_app_is_there() -> None:
    old = replace(_REFUSED, time=_NOW - timedelta(hours=5))
    assert _failures(judge(_healthy(changes=(old,)))) == []
    assert "changes" in _failures(judge(_healthy(app=None, changes=(old,))))


def test_probes_that_failed_while_it_started_are_no_failure_once_it_runs() -> None:
    events = (_event("ProbeFailed", "Probe of StartUp failed: connection refused"),)
    assert _failures(judge(_healthy(events=events))) == []


def test_what_its_liveness_probe_ends_again_and_again_is_ready_in_between() -> None:
    events = (
        _event("ProbeFailed", "Probe of Liveness failed with status code: 404"),
        _event("StoppingContainer", "Container app failed liveness probe, will be restarted"),
        _event("ProbeFailed", "Probe of Readiness failed with status code: 1"),
    )
    replicas = {"app--2": (_replica(restart_count=2),)}
    cause = judge(_healthy(events=events, replicas=replicas)).cause
    assert cause is not None
    assert cause.found.message == "the liveness probe of app gets 404 as the answer"


def test_what_nobody_could_find_out_is_a_warning_and_never_a_pass() -> None:
    faults = {one.name: AzureUnreachableError("no answer within 30 seconds") for one in CHECKS[1:]}
    found = {one.check: one.found for one in judge(_healthy(faults=faults)).results}
    assert {one.outcome for name, one in found.items() if name != "app"} == {Outcome.WARN}
    assert found["storage"].message == "not known: no answer within 30 seconds"


def test_without_a_master_key_functions_are_not_known() -> None:
    home = Exchange("/", 200)
    denied = Exchange("/admin/functions", 401)
    asked = Deployed(
        "https://app.example", with_key=False, home=home, status=denied, functions=denied
    )
    found = {one.check: one.found for one in judge(_healthy(host=Host(asked))).results}
    assert found["functions"].outcome is found["host"].outcome is Outcome.WARN
    assert found["functions"].message == "not known: no master key is known"


def test_what_a_scale_rule_or_a_request_wakes_may_sleep() -> None:
    rule = ScaleRule("queue", "azure-queue")
    template = Template((_container(),), scale=Scale(rules=(rule,)))
    asleep = {"revisions": (_revision(template=template),), "replicas": {"app--2": ()}}
    assert _failures(judge(_healthy(app=_app(ingress=None), endpoint=None, **asleep))) == []
    by_request = {"revisions": (_revision(template=Template((_container(),))),)}
    facts = _healthy(replicas={"app--2": ()}, **by_request)
    assert _failures(judge(facts)) == []
    by_timer = replace(facts, expected=Expected(2, triggers=frozenset({"timerTrigger"})))
    cause = judge(by_timer).cause
    assert cause is not None
    assert "no function of it is called by HTTP" in cause.found.message


def test_the_next_revision_without_room_is_a_warning_as_long_as_this_one_runs() -> None:
    found = {one.check: one.found for one in judge(_healthy(capacity=_capacity(1))).results}
    assert found["capacity"].outcome is Outcome.WARN
    assert found["capacity"].next.endswith("--workload-profile-name e16 --max-nodes 2")


def test_shallow_checks_say_nothing_of_what_was_not_asked() -> None:
    report = judge(_healthy(is_deep=False))
    assert "functions" not in {one.check for one in report.results}


def _found(facts: Facts, check: str) -> Judgement:
    return next(one.found for one in judge(facts).results if one.check == check)


def test_an_older_revision_that_rests_beside_the_latest_is_no_failure() -> None:
    template = Template((_container(),), scale=Scale())
    old = _revision("app--1", "ScaledToZero", template=template)
    facts = _healthy(
        app=_app(mode="Multiple"),
        revisions=(old, _revision()),
        replicas={"app--1": (), "app--2": (_replica(),)},
    )
    assert _found(facts, "replicas").outcome is Outcome.PASS
    failed = replace(old, states=replace(old.states, running_state="Failed"))
    facts = replace(facts, revisions=(failed, _revision()))
    assert _found(facts, "replicas").outcome is Outcome.FAIL


def test_lines_that_nobody_has_read_tell_of_nothing() -> None:
    assert _found(_healthy(has_lines=False), "logs").outcome is Outcome.SKIP


def test_what_an_app_that_works_got_over_is_a_warning() -> None:
    lines = diagnose(records_of("SyntaxError: Unexpected token < in JSON at position 0"))
    plain = _container(variables=())
    app = _app(template=Template((plain,), scale=Scale(least=1)))
    facts = _healthy(app=app, host=None, expected=None, storage=None, diagnoses=lines)
    assert _found(facts, "logs").outcome is Outcome.WARN
    down = replace(facts, replicas={"app--2": (_replica(ready=False),)})
    assert _found(down, "logs").outcome is Outcome.FAIL


def test_what_a_functions_app_prints_as_data_is_no_failure_of_it() -> None:
    """Its host lists all that it should have, and nothing was started again."""
    lines = diagnose(
        records_of("2026-11-22 ERROR mail of a user: ModuleNotFoundError: No module named 'numpy'"),
        is_printed=True,
    )
    assert _found(_healthy(diagnoses=lines), "logs").outcome is Outcome.WARN
    unsure = _healthy(diagnoses=lines, expected=None)
    assert _found(unsure, "logs").outcome is Outcome.FAIL
    lacking = _healthy(diagnoses=lines, host=Host(_answering("Running", ["a"])))
    assert _found(lacking, "logs").outcome is Outcome.FAIL


def test_room_beside_apps_that_could_not_be_read_is_not_known() -> None:
    unread = "the other apps of the environment could not be read"
    found = _found(_healthy(capacity=replace(_capacity(2), unknown=(unread,))), "capacity")
    assert found.outcome is Outcome.WARN
    assert unread in found.evidence


def test_a_port_that_no_line_names_is_known_where_requests_are_answered() -> None:
    silent = _healthy(listening=frozenset())
    assert _found(silent, "port").message == "it answers on 80"
    assert _found(silent, "port").outcome is Outcome.PASS
    gone = replace(silent, endpoint=Endpoint("https://app.example", home=Exchange("/", 503)))
    assert _found(gone, "port").outcome is Outcome.WARN


def test_another_port_that_lines_name_is_no_failure_where_requests_are_answered() -> None:
    facts = _healthy(listening=frozenset({9090}))
    assert _found(facts, "port").outcome is Outcome.PASS
    unanswered = replace(facts, endpoint=Endpoint("https://app.example", home=Exchange("/", 503)))
    assert _found(unanswered, "port").outcome is Outcome.FAIL


def test_a_pull_that_failed_before_the_container_started_is_not_the_cause() -> None:
    ended = _replica(ready=False, started=False, running_state="Waiting", restart_count=5)
    late, started = (
        replace(_event(reason, message), replica=ended.name, type=kind)
        for reason, message, kind in (
            ("ImagePullFailure", "failed to pull image: timeout", "Warning"),
            ("ContainerStarted", "Started container app", "Normal"),
        )
    )
    facts = _not_ready(events=(late, started))
    facts = replace(facts, replicas={**facts.replicas, "app--2": (ended,)})
    assert _found(facts, "image").outcome is Outcome.PASS
    again = replace(facts, events=(started, late))
    assert _found(again, "image").outcome is Outcome.FAIL


def test_a_host_that_starts_is_no_failure_and_its_functions_are_not_known() -> None:
    facts = _healthy(host=Host(_answering("Starting", []), ""))
    assert _found(facts, "host").outcome is _found(facts, "functions").outcome is Outcome.WARN


def test_an_app_that_its_network_alone_reaches_is_not_blamed_for_that() -> None:
    inner = replace(_healthy().environment or Environment("", "env"), internal=True)
    unnamed = Endpoint("https://app.example", fault="Name or service not known")
    facts = _healthy(environment=inner, endpoint=unnamed, host=None)
    assert _failures(judge(facts)) == []
    assert _found(facts, "endpoint").outcome is Outcome.WARN
    silent = Exchange("/", failure="no answer came within 30 seconds")
    unanswered = Host(Deployed("https://app.example", with_key=False, home=silent))
    named = Endpoint("https://app.example", ("10.0.0.4",), home=silent)
    facts = _healthy(environment=inner, endpoint=named, host=unanswered)
    assert _failures(judge(facts)) == []
    assert _found(_healthy(endpoint=named), "endpoint").outcome is Outcome.FAIL


def test_an_app_that_takes_tcp_is_not_asked_by_http() -> None:
    app = _app(ingress=Ingress("app.example", external=True, target_port=5432, transport="Tcp"))
    assert address_of(app) == ""
    assert _found(_healthy(app=app, endpoint=None), "endpoint").outcome is Outcome.SKIP


def test_an_ingress_that_knows_no_such_app_has_not_answered_for_it() -> None:
    home = Exchange("/", 404, body="Error 404 - This Container App is stopped or does not exist.")
    facts = _healthy(endpoint=Endpoint("https://app.example", ("1.2.3.4",), home=home))
    assert _found(facts, "endpoint").outcome is Outcome.FAIL


def test_an_image_that_a_tag_names_now_is_not_known_to_run() -> None:
    built = Built("reg/app:1", "sha256:a", "sha256:a", is_same=True, is_proven=False)
    assert _found(_healthy(built=built), "image").outcome is Outcome.WARN
    assert _found(_healthy(built=replace(built, is_proven=True)), "image").outcome is Outcome.PASS


def test_an_image_is_the_same_by_the_digest_of_a_platform() -> None:
    index = Manifest("sha256:index", frozenset({"sha256:amd64"}))
    part, another = Manifest("sha256:amd64"), Manifest("sha256:other")
    assert compared("reg/app:1", index, part, is_proven=True).is_same
    assert compared("reg/app:1", part, index, is_proven=True).is_same
    assert not compared("reg/app:1", index, another, is_proven=True).is_same
