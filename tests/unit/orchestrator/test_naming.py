"""Names and tags tell their run, and fit what they are names of."""

from __future__ import annotations

import re
import uuid

from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.azure.secrets.store import SecretRef
from funcyard.orchestrator import naming
from funcyard.orchestrator.scenarios import is_scenario_name

_RUN = "0f8fad5b-d9cb-469f-a165-70867728950e"
_names = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).filter(is_scenario_name)
_runs = st.uuids().map(str)


@settings(max_examples=40)
@given(_runs, _names)
def test_a_job_s_name_is_one_that_container_apps_take(run: str, scenario: str) -> None:
    name = naming.job_name(run, scenario)

    assert re.fullmatch(r"[a-z](-?[a-z0-9])*", name)
    assert len(name) <= 32


@settings(max_examples=40)
@given(_runs, _names)
def test_run_and_scenario_are_read_from_an_application_s_name(run: str, scenario: str) -> None:
    name = naming.application_name("AzureHayMaker", run, scenario)

    assert name.startswith(naming.application_beginning("AzureHayMaker", run))
    assert naming.read_application_name("AzureHayMaker", name) == (run, scenario)
    assert naming.read_application_name("Other", name) is None
    assert SecretRef("vault", naming.secret_name(run, scenario)).name


def test_no_application_of_somebody_else_is_taken_for_a_run_s() -> None:
    for name in ("AzureHayMaker-admin", f"AzureHayMaker-{_RUN}-", f"My-AzureHayMaker-{_RUN}-a"):
        assert naming.read_application_name("AzureHayMaker", name) is None


def test_runs_that_overlap_have_no_name_in_common() -> None:
    runs = [str(uuid.uuid4()) for _ in range(200)]
    scenario = "databases-01-a-scenario-with-a-long-name"

    for made in (naming.job_name, naming.secret_name):
        assert len({made(run, scenario) for run in runs}) == len(runs)
    assert len({naming.application_name("P", run, scenario) for run in runs}) == len(runs)


def test_scenarios_whose_names_begin_alike_have_jobs_of_their_own() -> None:
    names = {naming.job_name(_RUN, f"a-scenario-with-a-long-name-{n}") for n in range(100)}

    assert len(names) == 100


def test_tags_are_those_by_which_cleanup_looks() -> None:
    assert naming.tags("AzureHayMaker", _RUN, "ai-01") == {
        "AzureHayMaker-managed": "true",
        "RunId": _RUN,
        "Scenario": "ai-01",
    }


def test_only_what_has_the_mark_and_the_run_is_a_run_s() -> None:
    tags = naming.tags("AzureHayMaker", _RUN, "ai-01")

    assert naming.is_of_run("AzureHayMaker", _RUN, tags)
    assert naming.is_of_run("AzureHayMaker", _RUN, {one.upper(): tags[one] for one in tags})
    for wrong in ({"RunId": _RUN}, {**tags, "AzureHayMaker-managed": "false"}, {}):
        assert not naming.is_of_run("AzureHayMaker", _RUN, wrong)
    assert not naming.is_of_run("AzureHayMaker", str(uuid.uuid4()), tags)


def test_an_assignment_is_called_after_who_has_what_where() -> None:
    first = naming.assignment_name("/subscriptions/S", "P", "R")

    assert first == naming.assignment_name("/SUBSCRIPTIONS/s", "p", "r")
    assert first != naming.assignment_name("/subscriptions/S", "P", "other")
    assert str(uuid.UUID(first)) == first
