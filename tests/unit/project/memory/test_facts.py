from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funcyard.project.memory import customizations, facts
from funcyard.project.memory.project_config import sections
from funcyard.project.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Callable

_names = st.from_regex(r"[a-z][a-z0-9]{1,8}(-[a-z0-9]{1,4})?", fullmatch=True)
_identifiers = st.from_regex(r"[a-z_][a-z0-9_]{1,9}", fullmatch=True)
_prose = st.one_of(
    st.sampled_from(["", "Load - and store", "<!-- no -->", "a `b` c", "**x**", "1. y", "## z"]),
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"]), max_size=20),
).map(lambda text: " ".join(text.split()))
_values = st.one_of(
    st.sampled_from(["`", "a`b``c", "x; y", "-", "%SET%", "(a)"]),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=12),
)
_methods = st.lists(st.sampled_from(["GET", "POST", "PUT"]), min_size=1, unique=True)

_triggers = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("http"), "name": _identifiers, "methods": _methods},
        optional={
            "route": st.sampled_from(["items/{id:int}", "{*rest}", "a/b"]),
            "auth_level": st.sampled_from(["anonymous", "function", "admin"]),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.just("timer"), "name": _identifiers, "schedule": _values},
        optional={"run_on_startup": st.booleans()},
    ),
    st.fixed_dictionaries({"type": st.just("queue"), "name": _identifiers, "queue": _values}),
    st.fixed_dictionaries({"type": st.just("blob"), "name": _identifiers, "path": _values}),
)


def _each(items: dict[str, Any], most: int = 3) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(
        st.fixed_dictionaries({"name": _names, **items}),
        max_size=most,
        unique_by=lambda i: i["name"],
    )


_described = _each({"description": _prose})
_specs = st.fixed_dictionaries(
    {
        "project_name": st.just("p-p"),
        "runtime": st.sampled_from([{"version": "3.11"}, {"version": "3.13"}]),
        "dependency_manager": st.sampled_from(["pip", "poetry", "uv"]),
        "blueprint": st.one_of(st.none(), _names),
        "function_apps": _each(
            {
                "port": st.integers(1024, 65535),
                "purpose": _prose,
                "triggers": st.lists(_triggers, min_size=1, max_size=3),
            }
        ).filter(bool),
        "storage": st.fixed_dictionaries(
            {
                "blob_containers": _described,
                "queues": _described,
                "tables": _each(
                    {
                        "description": _prose,
                        "partition_key": _prose,
                        "row_key": _prose,
                        "fields": st.lists(_identifiers, max_size=3),
                    }
                ),
            }
        ),
        "local_packages": _each({"path": _values, "purpose": _prose}, most=2),
        "environment": st.lists(
            st.fixed_dictionaries(
                {"name": st.just("SETTING"), "default": st.one_of(st.just(""), _values),
                 "description": _prose}
            ),
            max_size=1,
        ),
        "system_packages": st.lists(_names, max_size=3),
        "azure_cli": st.booleans(),
        "volumes": st.lists(
            st.fixed_dictionaries(
                {"source": _values, "target": _values, "read_only": st.booleans()}
            ),
            max_size=2,
        ),
    }
).map(Spec.model_validate)  # fmt: skip


def _comparable(spec: Spec) -> dict[str, Any]:
    dumped: dict[str, Any] = spec.model_dump(mode="json", exclude={"reasons"})
    for app in dumped["function_apps"]:
        for trigger in app["triggers"]:
            if trigger["type"] == "http" and trigger["route"] is None:
                trigger["route"] = trigger["name"]
    return dumped


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(_specs)
def test_a_configuration_reads_back_as_the_spec_it_was_made_of(spec: Spec) -> None:
    lines = [line for section in sections(spec) for line in section.lines]
    read = {"project_name": spec.project_name, **facts.configuration(lines)}
    assert _comparable(Spec.model_validate(read)) == _comparable(spec)
    assert facts.unread(lines) == ()


@given(st.dictionaries(st.one_of(_identifiers, _values), _prose.filter(bool), max_size=4))
def test_reasons_read_back_as_they_were_given(reasons: dict[str, str]) -> None:
    spec = Spec.model_validate(
        {"project_name": "p-p", "function_apps": [{"name": "ab"}], "reasons": reasons}
    )
    lines = [line for section in customizations.sections(spec) for line in section.lines]
    assert facts.reasons(lines) == spec.reasons


def test_a_reason_for_a_group_is_remembered_for_the_group(pipeline: Callable[..., Spec]) -> None:
    lines = [line for made in customizations.sections(pipeline()) for line in made.lines]
    assert facts.reasons(lines)["volumes"] == "The host is signed in"


def test_lines_of_a_person_say_nothing_to_the_configuration() -> None:
    lines = ["## Function Apps", "1. **api**", "   - Port: soon", "   - Owner: Anna", "- Port: 1"]
    assert facts.configuration(lines) == {"function_apps": [{"name": "api"}]}


def test_the_default_of_a_setting_named_like_a_secret_is_not_remembered(
    pipeline: Callable[..., Spec],
) -> None:
    spec = pipeline(environment=[{"name": "API_TOKEN", "default": "hush"}])
    assert facts.of_spec(spec)["environment"] == [{"name": "API_TOKEN"}]
