"""Recorded answers of Azure are understood, and no answer is too strange to be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.containerapps.documents import answered, recorded

from funcyard.capacity.sizes import Size
from funcyard.containerapps.environment import Environment, Profile, ProfileState
from funcyard.containerapps.models import App, Replica, Revision, Secret, Traffic
from funcyard.containerapps.reading import (
    read_app,
    read_auth_token,
    read_environment,
    read_event,
    read_profile_state,
    read_replica,
    read_revision,
)
from funcyard.containerapps.states import AppStates, RevisionStates
from funcyard.containerapps.template import Container, Scale

_READERS: dict[str, Callable[[Any], object]] = {
    "app": read_app,
    "revision": read_revision,
    "replica": read_replica,
    "environment": read_environment,
    "state": read_profile_state,
}


def _kind(path: str) -> str:
    kinds = {
        "managedenvironments": "environment",
        "workloadprofilestates": "state",
        "containerapps": "app",
        "revisions": "revision",
        "replicas": "replica",
    }
    names = [part.lower() for part in path.strip("/").split("/")]
    return next((kinds[name] for name in reversed(names) if name in kinds), "")


def _documents() -> list[tuple[str, str, dict[str, Any]]]:
    """The documents of every recorded GET that has a reader: exchange, kind, document."""
    found = []
    for name, one in recorded().items():
        kind = _kind(one["path"].partition("?")[0])
        body = one["response_body"]
        if one["method"] != "GET" or one["status"] != 200 or not isinstance(body, dict):
            continue
        wanted = ("environments", "containerapps", "revisions", "replicas", "states")
        documents = body.get("value", [body])
        for document in documents:
            told = str(document.get("type", "")).lower()
            if kind and (told.endswith(wanted) or kind == "state"):
                found.append((name, kind, document))
    return found


def test_every_recorded_document_is_read_with_its_states_in_azure_s_words() -> None:
    read = [(kind, _READERS[kind](document), document) for _, kind, document in _documents()]

    assert {kind for kind, _, _ in read} == set(_READERS)
    assert len(read) >= 14
    for _, model, document in read:
        properties = document["properties"]
        assert model.name == document["name"]  # type: ignore[attr-defined]
        match model:
            case App():
                assert model.states == AppStates(
                    properties["provisioningState"], properties["runningStatus"]
                )
                assert model.latest_revision == properties["latestRevisionName"]
                assert model.template.size is not None
                assert model.created is not None
            case Revision():
                assert model.states == RevisionStates(
                    properties["provisioningState"],
                    properties["runningState"],
                    properties["healthState"],
                )
                assert (model.active, model.replicas) == (True, properties["replicas"])
            case Replica():
                assert model.states.running_state == properties["runningState"]
                assert (model.ready, model.restarts) == (True, 0)
            case Environment():
                assert model.provisioning_state == properties["provisioningState"]
                assert model.default_domain.startswith("exampledomain")
            case ProfileState():
                assert model.type == properties["workloadProfileType"]
            case _:
                pytest.fail("a model of no kind")


def test_an_app_with_secrets_tells_their_names_and_which_variable_has_one() -> None:
    app = read_app(answered("container_app_get_succeeded_no_ingress_secrets_env"))

    (container,) = app.template.containers
    assert app.secrets == (Secret("mysecret"), Secret("anothersecret"))
    assert container.size == Size(Fraction(1, 2), Fraction(1))
    assert [(one.name, one.value, one.secret) for one in container.variables] == [
        ("GREETING", "Hello, world", ""),
        ("SECRETENV", None, "anothersecret"),
    ]
    assert app.template.scale == Scale(least=0, most=10)
    assert app.ingress is None


def test_traffic_of_several_revisions_is_told_apart() -> None:
    app = read_app(answered("container_app_get_multiple_revisions_traffic_2025"))

    assert not app.is_single
    assert app.ingress is not None
    assert app.ingress.traffic == (
        Traffic(50, latest=True),
        Traffic(25, "orch-dev--jwf75nv"),
        Traffic(25, "orch-dev--a8x23if"),
    )


def test_a_revision_that_is_not_ready_is_no_other_than_the_latest() -> None:
    app = read_app(answered("container_app_get_succeeded_latest_revision_not_ready"))

    assert (app.latest_revision, app.latest_ready_revision) == (
        "orch-dev--esym0sn",
        "orch-dev--bycrsba",
    )
    assert app.template.size == Size(Fraction(3, 2), Fraction(3))


def test_profiles_and_how_they_stand_are_read() -> None:
    environment = read_environment(answered("environment_get_succeeded_dedicated_profile_2024"))
    state = {"name": "e16", "type": "E16", "properties": {"currentCount": 1, "maximumCount": 2}}

    assert environment.profile("WPNAME") == Profile("wpname", "D8", 1, 8)
    assert environment.profile("e16") is None
    assert read_profile_state(state) == ProfileState("e16", "E16", current=1, maximum=2)


def test_events_are_read_with_either_way_of_telling_the_time() -> None:
    lines = answered("environment_eventstream").splitlines()
    events = [read_event(line) for line in lines]

    first, *_, last = [event for event in events if event is not None]
    assert first.time == datetime(2024, 10, 14, 6, 35, 35, tzinfo=UTC)
    assert (first.app, first.reason, first.is_warning) == ("", "StartingGettingEvents", False)
    assert last.time == datetime(2024, 10, 14, 6, 35, 20, tzinfo=UTC)
    assert (last.app, last.source, last.count, last.is_warning) == ("other", "KEDA", 8, True)
    assert read_event("") is None
    assert read_event("[]") is None


def test_a_token_is_read_and_not_shown() -> None:
    token = read_auth_token(answered("container_app_get_auth_token"))

    assert token.value == "{token}"
    assert token.expires == datetime(2024, 10, 14, 7, 35, 25, 743914, tzinfo=UTC)
    assert "{token}" not in repr(token)


def test_models_do_not_change() -> None:
    app = read_app(answered("container_app_get_succeeded_ingress"))

    with pytest.raises(FrozenInstanceError):
        app.name = "other"  # type: ignore[misc]


def test_values_of_variables_are_not_shown() -> None:
    secret = {"name": "KEY", "value": "s3cret"}
    template = {"containers": [{"name": "one", "env": [secret], "args": ["--key=s3cret"]}]}
    app = read_app({"name": "a", "properties": {"template": template}})

    assert "s3cret" not in repr(app)
    assert isinstance(app.template.containers[0], Container)


def test_the_probes_of_a_container_are_read() -> None:
    probes = [
        {"type": "Liveness", "httpGet": {"path": "/health", "port": 80}, "periodSeconds": 5},
        {"type": "Startup", "tcpSocket": {"port": 8080}, "failureThreshold": 240},
    ]
    revision = read_revision(
        {"properties": {"template": {"containers": [{"name": "one", "probes": probes}]}}}
    )

    live, start = revision.template.containers[0].probes
    assert (live.type, live.action, live.path, live.port, live.period) == (
        "Liveness",
        "httpGet",
        "/health",
        80,
        5,
    )
    assert (start.action, start.port, start.failure_threshold) == ("tcpSocket", 8080, 240)


def test_scale_rules_are_told_by_their_kind() -> None:
    rules = [
        {"name": "web", "http": {"metadata": {"concurrentRequests": "10"}}},
        {"name": "night", "custom": {"type": "cron", "metadata": {"desiredReplicas": "2"}}},
    ]
    revision = read_revision({"properties": {"template": {"scale": {"rules": rules}}}})

    web, night = revision.template.scale.rules
    assert (web.type, dict(web.metadata)) == ("http", {"concurrentRequests": "10"})
    assert (night.type, dict(night.metadata)) == ("cron", {"desiredReplicas": "2"})


_STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
    st.just([1]),
)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_document_with_something_strange_in_it_is_read_all_the_same(data: st.DataObject) -> None:
    name, kind, document = data.draw(st.sampled_from(_documents()))
    changed = json.loads(json.dumps(document))
    here = changed
    while isinstance(here, dict) and here:
        key = data.draw(st.sampled_from(sorted(here)))
        inner = here[key]
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            inner = inner[0]
        if not isinstance(inner, dict) or data.draw(st.booleans()):
            here[key] = data.draw(_STRANGE)
            break
        here = inner

    assert _READERS[kind](changed) is not None, name
