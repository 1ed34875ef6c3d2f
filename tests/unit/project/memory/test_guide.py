"""What the setup notes advise: of the project as it is, and of these commands."""

from __future__ import annotations

import shlex
from datetime import date

import click
import pytest

from funcyard.cli.main import root as commands
from funcyard.project.catalog import blueprint
from funcyard.project.memory import guide
from funcyard.project.memory.setup_notes import sections
from funcyard.project.reading import parse_spec
from funcyard.project.spec import Spec


@pytest.fixture(scope="module")
def pipeline_spec() -> Spec:
    return parse_spec(blueprint("data-pipeline").spec_text, today=date(2026, 11, 21)).spec


def test_every_http_function_is_tested_by_a_whole_call(pipeline_spec: Spec) -> None:
    text = "\n".join(guide.testing(pipeline_spec, {}))
    for port, name in ((7071, "orchestrate"), (7072, "process"), (7073, "load")):
        assert (
            f"- `{name}`: `curl -X POST http://localhost:{port}/api/{name}"
            """ -H "Content-Type: application/json" -d '{"filename": "test.csv"}'`"""
        ) in text
    assert "- `status`: `curl http://localhost:7071/api/status/test.csv`" in text
    assert "{filename}" not in text
    assert text.count("### Test ") == 3


def test_known_issues_have_symptom_cause_and_solution(pipeline_spec: Spec) -> None:
    issues = "\n".join(guide.known_issues(pipeline_spec)).split("\n### ")[1:]
    assert [issue.splitlines()[0] for issue in issues] == [
        "data-utils not found",
        "The storage does not come up",
    ]
    for issue in issues:
        said = [line.split("**")[1] for line in issue.splitlines() if line.startswith("- **")]
        assert said == ["Symptom", "Cause", "Solution"]
    assert "cannot import from data-utils" in issues[0]
    assert "restart `funcyard up`, which installs it" in issues[0]
    assert "`funcyard azurite install`" in issues[1]


def test_deployment_names_what_azure_needs_otherwise(pipeline_spec: Spec) -> None:
    text = "\n".join(guide.deployment(pipeline_spec))
    for said in (
        "`funcyard deploy up --cloud public`",
        "`AzureWebJobsStorage` and `AZURE_STORAGE_CONNECTION_STRING` must name a storage account",
        "secrets by reference to Azure Key Vault",
        "`functions/orchestrator`",
        "`func azure functionapp publish <name in Azure>`",
        "`PALANTE_ENVIRONMENT`",
    ):
        assert said in text


def test_troubleshooting_says_what_docker_needs_and_how_ports_are_moved(
    pipeline_spec: Spec,
) -> None:
    text = "\n".join(guide.troubleshooting(pipeline_spec))
    assert "at least 4 GB of memory and 2 CPUs; 6 GB for three" in text
    assert (
        "`ORCHESTRATOR_HOST_PORT=8071`, `PROCESSOR_HOST_PORT=8072`, `LOADER_HOST_PORT=8073`" in text
    )
    assert "**An edit does not show**" in text


@pytest.mark.parametrize("manager", ["pip", "poetry", "uv"])
def test_a_changed_lock_takes_effect_at_the_next_start(pipeline_spec: Spec, manager: str) -> None:
    spec = pipeline_spec.model_copy(update={"dependency_manager": manager})
    text = " ".join(" ".join(guide.workflow(spec)).split())
    assert "takes effect at the next `funcyard up`" in text


def test_the_guide_names_only_commands_that_there_are(pipeline_spec: Spec) -> None:
    lines = (line for section in sections(pipeline_spec) for line in section.lines)
    text = "\n".join(lines)
    named = {shlex.split(part)[1] for part in text.split("`") if part.startswith("funcyard ")}
    assert {"up", "down", "update", "invoke", "azurite"} <= named
    assert named <= set(commands.list_commands(click.Context(commands)))
