"""What a rollout sends: all containers as they were read, and one of them changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.containerapps.documents import answered

from funcyard.containerapps.rollout.plan import STAMP, RolloutError, is_same, plan_rollout

_A, _B = f"r.example/orch@sha256:{'a' * 64}", f"r.example/orch@sha256:{'b' * 64}"
_CONTAINER = {
    "image": _A,
    "name": "orch",
    "args": ["--port", "80"],
    "env": [{"name": "ONE", "value": "s3cret"}, {"name": "TWO", "secretRef": "two"}],
    "resources": {"cpu": 16.0, "memory": "128Gi", "ephemeralStorage": "8Gi"},
    "probes": [{"type": "Liveness", "httpGet": {"path": "/", "port": 80, "httpHeaders": None}}],
    "volumeMounts": [{"volumeName": "data", "mountPath": "/data"}],
    "added": {"later": [1, None]},
}


def _app(*containers: dict[str, Any], suffix: str = "") -> dict[str, Any]:
    template = {"containers": list(containers), "revisionSuffix": suffix, "scale": {}}
    configuration = {"secrets": [{"name": "two"}], "activeRevisionsMode": "Single"}
    return {
        "name": "orch-dev",
        "properties": {"template": template, "configuration": configuration},
    }


def test_another_image_changes_nothing_else_of_the_containers() -> None:
    side = {"name": "side", "image": "r.example/side:1", "env": None}
    app = _app(_CONTAINER, side)
    before = copy.deepcopy(app)

    plan = plan_rollout(app, image=_B, container="orch")

    changed = {**_CONTAINER, "image": _B}
    assert plan.body == {"properties": {"template": {"containers": [changed, side]}}}
    assert (plan.before, plan.after) == (_A, _B)
    assert app == before


def test_nothing_of_the_configuration_is_sent_of_an_app_with_secrets() -> None:
    app = answered("container_app_get_succeeded_no_ingress_secrets_env")
    plan = plan_rollout(app, image=_B)

    (container,) = app["properties"]["template"]["containers"]
    assert plan.body == {"properties": {"template": {"containers": [{**container, "image": _B}]}}}
    assert {"name": "SECRETENV", "secretRef": "anothersecret"} in container["env"]


def test_the_time_replaces_that_of_the_last_rollout() -> None:
    first = plan_rollout(_app(_CONTAINER), stamp="one")
    second = plan_rollout(_app(*first.containers), stamp="two")

    assert second.containers[0]["env"] == [*_CONTAINER["env"], {"name": STAMP, "value": "two"}]
    assert second.after == _A


def test_a_container_without_variables_gets_the_time_alone() -> None:
    plan = plan_rollout(_app({"name": "orch", "image": _A, "env": None}), stamp="one")

    assert plan.containers[0]["env"] == [{"name": STAMP, "value": "one"}]


def test_the_same_digest_is_no_change() -> None:
    tagged = {**_CONTAINER, "image": _A.replace("@", ":1@")}

    assert plan_rollout(_app(_CONTAINER), image=_A).is_nothing
    assert plan_rollout(_app(tagged), image=_A).is_nothing
    assert not plan_rollout(_app(_CONTAINER), image=_A, stamp="one").is_nothing
    assert not is_same("r.example/orch:1", _A)
    assert not is_same(_A, "no image at all")


def test_a_suffix_of_the_last_revision_is_not_given_to_the_next() -> None:
    body = plan_rollout(_app(_CONTAINER, suffix="v1"), image=_B).body

    assert body["properties"]["template"]["revisionSuffix"] == ""


def test_of_several_containers_one_has_to_be_named() -> None:
    app = _app(_CONTAINER, {"name": "side", "image": _A})

    with pytest.raises(RolloutError, match="has 2 containers, and none is named"):
        plan_rollout(app, image=_B)
    with pytest.raises(RolloutError, match="has no container other"):
        plan_rollout(app, image=_B, container="other")
    with pytest.raises(RolloutError, match="has no container"):
        plan_rollout({"name": "orch-dev", "properties": {"template": None}}, image=_B)


def test_what_is_shown_holds_no_value_of_a_variable() -> None:
    plan = plan_rollout(_app(_CONTAINER), image=_B, stamp="one")
    shown = str(plan.shown())

    assert "s3cret" not in shown
    assert "--port" not in shown
    assert "'one'" in shown
    assert plan.body["properties"]["template"]["containers"][0]["args"] == ["--port", "80"]


def test_what_azure_fills_in_is_no_other_change() -> None:
    plan = plan_rollout(_app(_CONTAINER), image=_B)
    filled = copy.deepcopy(plan.containers)
    filled[0]["imageType"] = "ContainerImage"
    other = copy.deepcopy(filled)
    other[0]["image"] = _A

    assert plan.is_in(_app(*filled))
    assert not plan.is_in(_app(*other))
    assert not plan.is_in(_app(*filled, _CONTAINER))
    assert plan.undone().is_in(_app(_CONTAINER))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(extra=st.dictionaries(st.text(min_size=1, max_size=6), _JSON, max_size=4))
def test_whatever_a_container_holds_is_sent_back_as_it_was(extra: dict[str, Any]) -> None:
    held = {**extra, "name": "orch", "image": _A}
    plan = plan_rollout(_app(held), image=_B)

    assert plan.containers == [{**held, "image": _B}]
    assert plan.is_in(_app(*plan.containers))
