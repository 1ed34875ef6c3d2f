from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from funcyard.project.catalog import blueprint, blueprints
from funcyard.project.memory.comparing import differences
from funcyard.project.memory.model import FileState
from funcyard.project.memory.reading import fill, load
from funcyard.project.reading import parse_spec
from funcyard.project.renderer import Inputs, render

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.files import GeneratedFile
    from funcyard.project.memory.model import Memory, RecordResult
    from funcyard.project.spec import Spec


@pytest.fixture
def memory(first: object, store: Path, later: Callable[[int], datetime]) -> Memory:
    del first
    return load(store, "my-data-pipeline", now=later(0))


def test_before_the_first_run_there_is_no_memory_and_nothing_to_say(
    store: Path, later: Callable[[int], datetime], pipeline: Callable[..., Spec]
) -> None:
    memory = load(store, "my-data-pipeline", now=later(0))
    assert not memory.exists
    assert memory.problems == ()
    assert differences(memory, pipeline()) == ()
    assert not store.exists()


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize(
    ("days", "state"),
    [(0, "fresh"), (30, "fresh"), (31, "aging"), (90, "aging"), (91, "stale")],
)
def test_memory_ages(store: Path, later: Callable[[int], datetime], days: int, state: str) -> None:
    memory = load(store, "my-data-pipeline", now=later(days))
    assert memory.state == state
    assert bool(memory.problems) == (state == "stale")


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("line", ["", "<!-- Last Updated: 2026-13-45 -->"])
def test_a_file_without_a_date_is_stale(
    store: Path, folder: Path, later: Callable[[int], datetime], line: str
) -> None:
    path = folder / "setup_notes.md"
    path.write_text(path.read_text().replace("<!-- Last Updated: 2026-11-20 -->", line))
    memory = load(store, "my-data-pipeline", now=later(0))
    assert memory.health[3].state is FileState.STALE
    assert memory.problems == ("setup_notes.md is stale: it has no date",)


def test_memory_and_spec_agree_after_a_run(memory: Memory, pipeline: Callable[..., Spec]) -> None:
    assert differences(memory, pipeline()) == ()


def test_where_memory_and_spec_differ_is_said(
    memory: Memory, pipeline: Callable[..., Spec]
) -> None:
    spec = pipeline(
        dependency_manager="uv",
        function_apps=[{"name": "orchestrator", "port": 7099}, {"name": "reporter"}],
        azure_cli=False,
        reasons={"dependency_manager": "uv is faster"},
    )
    said = [str(difference) for difference in differences(memory, spec)]
    assert "dependency_manager: poetry in the memory, uv in the spec" in said
    assert "function_apps.orchestrator.port: 7071 in the memory, 7099 in the spec" in said
    assert "function_apps.processor: the memory has processor, the spec has not" in said
    assert "function_apps.reporter: reporter is new to the memory" in said
    assert any(line.startswith("reasons.dependency_manager: Poetry locks") for line in said)
    assert any(line.startswith("azure_cli: the memory has True") for line in said)


def test_what_a_person_changes_in_the_memory_is_read_back(
    first: object, store: Path, folder: Path, later: Callable[[int], datetime],
    pipeline: Callable[..., Spec],
) -> None:  # fmt: skip
    del first
    path = folder / "project_config.md"
    path.write_text(path.read_text().replace("Port: 7080", "Port: 7090"))
    memory = load(store, "my-data-pipeline", now=later(0))
    (difference,) = differences(memory, pipeline())
    assert (difference.path, difference.memory, difference.spec) == (
        "function_apps.processor.port", 7090, 7080,
    )  # fmt: skip


def test_what_the_spec_leaves_open_is_taken_from_the_memory(memory: Memory) -> None:
    document = {
        "project_name": "my-data-pipeline",
        "function_apps": [{"name": "processor"}, {"name": "new-one"}, "orchestrator"],
    }
    filled, names = fill(document, memory)
    assert filled["dependency_manager"] == "poetry"
    assert filled["runtime"] == {"name": "python", "version": "3.11"}
    assert filled["function_apps"] == [
        {"name": "processor", "port": 7080},
        {"name": "new-one"},
        {"name": "orchestrator", "port": 7071, "purpose": "Split and route incoming files"},
    ]
    assert filled["reasons"] == {"dependency_manager": "Poetry locks each app"}
    assert names == (
        "runtime",
        "programming_model",
        "dependency_manager",
        "function_apps.processor.port",
        "function_apps.orchestrator.port",
        "function_apps.orchestrator.purpose",
    )
    assert document["function_apps"][0] == {"name": "processor"}
    assert document["function_apps"][2] == "orchestrator"


def test_a_remembered_port_that_the_spec_gave_to_another_app_is_not_taken(memory: Memory) -> None:
    document = {"function_apps": [{"name": "reporter", "port": 7071}, "orchestrator", "new-one"]}
    filled, names = fill(document, memory)
    assert filled["function_apps"] == [
        {"name": "reporter", "port": 7071},
        {"name": "orchestrator", "purpose": "Split and route incoming files"},
        "new-one",
    ]
    assert "function_apps.orchestrator.port" not in names


def test_what_the_spec_says_is_never_overruled_by_the_memory(
    memory: Memory, pipeline: Callable[..., Spec]
) -> None:
    document = pipeline(dependency_manager="uv").model_dump(mode="json")
    filled, names = fill(document, memory)
    assert filled == document
    assert names == ()


def test_a_secret_that_a_person_wrote_is_pointed_at(
    first: object, store: Path, folder: Path, later: Callable[[int], datetime]
) -> None:
    del first
    path = folder / "setup_notes.md"
    path.write_text(f"{path.read_text()}\nAccountKey={'k' * 20}\n")
    (problem,) = load(store, "my-data-pipeline", now=later(0)).problems
    assert problem.startswith("setup_notes.md:")
    assert problem.endswith("looks like it holds a secret")
    assert "k" * 20 not in problem


def test_only_a_person_s_own_lines_are_worth_tidying(
    remember: Callable[..., object],
    generated: Callable[..., GeneratedFile],
    store: Path,
    folder: Path,
    later: Callable[[int], datetime],
) -> None:
    remember(files=[generated(f"functions/app/file{number}.py") for number in range(200)])
    path = folder / "generated_files.md"
    assert len(path.read_text().splitlines()) > 1000
    assert load(store, "my-data-pipeline", now=later(0)).problems == ()

    path.write_text(path.read_text() + "a line of mine\n" * 501)
    (problem,) = load(store, "my-data-pipeline", now=later(0)).problems
    assert problem == "generated_files.md has 501 lines of your own: tidy them below 500"


@pytest.mark.parametrize("name", [found.name for found in blueprints()])
def test_a_project_just_made_from_a_blueprint_is_not_nagged(
    remember: Callable[..., RecordResult], name: str, later: Callable[[int], datetime]
) -> None:
    origin = blueprint(name)
    spec = parse_spec(origin.spec_text, today=later(0).date()).spec
    files = render(spec, Inputs(key="a2V5", now=later(0), blueprint=origin))
    assert remember(spec, files).warnings == ()


def test_the_simple_blueprint_departs_from_no_default(
    remember: Callable[..., RecordResult], later: Callable[[int], datetime]
) -> None:
    origin = blueprint("simple-api")
    result = remember(parse_spec(origin.spec_text, today=later(0).date()).spec)
    text = (result.folder / "customizations.md").read_text()
    assert "No special customizations. Standard v2 Python 3.11 project with 1 function app." in text


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize(
    ("line", "edited"),
    [
        ("- **Runtime**: Python 3.11", "- **Runtime**: Python 3.12 (I wish)"),
        ("- **Dependency Management**: Poetry", "- **Dependency Management**: pip, soon"),
        ("   - Port: 7071", "   - Port: 7171 or so"),
        ("     - Queue `split_file` (`processing-queue`)", "     - Queue `split_file` somewhere"),
    ],
)
def test_an_edit_that_is_not_understood_is_said(
    store: Path, folder: Path, later: Callable[[int], datetime], line: str, edited: str
) -> None:
    path = folder / "project_config.md"
    assert f"{line}\n" in path.read_text()
    path.write_text(path.read_text().replace(line, edited))

    memory = load(store, "my-data-pipeline", now=later(0))

    [problem] = memory.problems
    assert problem == f"project_config.md: not understood, does not count: {edited.strip()!r}"


@pytest.mark.usefixtures("first")
def test_words_of_a_person_s_own_are_understood_as_such(
    store: Path, folder: Path, later: Callable[[int], datetime]
) -> None:
    path = folder / "project_config.md"
    text = path.read_text().replace(
        "## Function Apps\n", "## Function Apps\n\nSee *Runtime* too.\n"
    )
    path.write_text(f"{text}\n## Mine\n\n- **Runtime**: whatever\n")

    assert load(store, "my-data-pipeline", now=later(0)).problems == ()


@pytest.mark.usefixtures("first")
def test_a_secret_in_a_line_that_is_not_understood_is_not_shown(
    store: Path, folder: Path, later: Callable[[int], datetime]
) -> None:
    path = folder / "project_config.md"
    secret = "AccountKey=" + "A" * 86 + "=="
    path.write_text(
        path.read_text().replace("- **Runtime**: Python 3.11", f"- **Runtime**: {secret}")
    )

    [problem] = load(store, "my-data-pipeline", now=later(0)).problems

    assert "looks like it holds a secret" in problem
    assert secret not in problem
