"""What the host is asked to run: the spec, bent by ``.env.local`` and by the shell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from funcyard.project.catalog import blueprint
from funcyard.project.ports import PortsError
from funcyard.project.reading import parse_spec
from funcyard.project.run_settings import NoKeyError
from funcyard.project.running import NoSuchAppError, RunOptions, plan_run
from funcyard.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from funcyard.host.plan import ProjectPlan

_PIPELINE = parse_spec(blueprint("data-pipeline").spec_text, today=date(2026, 11, 21)).spec
_SPEC = _PIPELINE.model_copy(update={"local_packages": ()})
_KEY = "AZURITE_ACCOUNT_KEY=a2V5\n"


@pytest.fixture
def planned(tmp_path: Path) -> Callable[..., ProjectPlan]:
    """Plan a run of the pipeline with the given ``.env.local``."""

    def plan(
        env: str = "", process: Mapping[str, str] | None = None, **options: object
    ) -> ProjectPlan:
        (tmp_path / ".env.local").write_text(env)
        chosen = RunOptions(process=process or {}, install=False, **options)  # type: ignore[arg-type]
        return plan_run(tmp_path, _SPEC, chosen)

    return plan


def test_ports_are_those_of_the_spec_unless_something_else_says_otherwise(
    planned: Callable[..., ProjectPlan],
) -> None:
    plan = planned(_KEY)
    assert [(app.name, app.port, app.debug_port) for app in plan.apps] == [
        ("orchestrator", 7071, 5678),
        ("processor", 7072, 5679),
        ("loader", 7073, 5680),
    ]
    assert plan.storage.ports == (10000, 10001, 10002)
    assert plan.storage.key == "a2V5"


def test_host_port_variables_of_the_file_are_honoured(
    planned: Callable[..., ProjectPlan],
) -> None:
    plan = planned(
        f"{_KEY}ORCHESTRATOR_HOST_PORT=8071\nLOADER_DEBUG_PORT='6000'\nAZURITE_QUEUE_PORT=20001\n"
    )
    assert [app.port for app in plan.apps] == [8071, 7072, 7073]
    assert [app.debug_port for app in plan.apps] == [5678, 5679, 6000]
    assert plan.storage.ports == (10000, 20001, 10002)


def test_the_shell_wins_over_the_file(planned: Callable[..., ProjectPlan]) -> None:
    plan = planned(
        f"{_KEY}ORCHESTRATOR_HOST_PORT=8071\n", process={"ORCHESTRATOR_HOST_PORT": "9071"}
    )
    assert plan.apps[0].port == 9071


def test_a_variable_of_the_spec_reaches_apps_whose_files_do_not_name_it(
    planned: Callable[..., ProjectPlan], tmp_path: Path
) -> None:
    settings = tmp_path / "functions" / "loader" / "local.settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"Values": {"PALANTE_ENVIRONMENT": "of the file"}}')

    reached = [app.settings["PALANTE_ENVIRONMENT"] for app in planned(_KEY).apps]
    assert reached == ["development", "development", "of the file"]


def test_an_empty_variable_says_nothing(planned: Callable[..., ProjectPlan]) -> None:
    assert planned(f"{_KEY}ORCHESTRATOR_HOST_PORT=\n").apps[0].port == 7071


def test_the_offset_is_added_to_every_port(planned: Callable[..., ProjectPlan]) -> None:
    plan = planned(f"{_KEY}ORCHESTRATOR_HOST_PORT=8071\n", port_offset=100)
    assert [app.port for app in plan.apps] == [8171, 7172, 7173]
    assert [app.debug_port for app in plan.apps] == [5778, 5779, 5780]
    assert plan.storage.ports == (10100, 10101, 10102)


@pytest.mark.parametrize("text", ["0", "-1", "65536", "8071x", "eight", "²", "9" * 5000])
def test_what_is_no_port_is_refused_with_its_variable(
    planned: Callable[..., ProjectPlan], text: str
) -> None:
    with pytest.raises(SettingsError, match=r"ORCHESTRATOR_HOST_PORT is .*: not a port"):
        planned(f"{_KEY}ORCHESTRATOR_HOST_PORT={text}\n")


def test_everything_wrong_in_the_settings_of_a_run_is_told_at_once_with_its_lines(
    planned: Callable[..., ProjectPlan], tmp_path: Path
) -> None:
    for app in ("orchestrator", "loader"):
        settings = tmp_path / "functions" / app / "local.settings.json"
        settings.parent.mkdir(parents=True)
        settings.write_text('{"Values": {"A": []}}')
    env = (
        "ORCHESTRATOR_HOST_PORT=eight\nnonsense\nLOADER_DEBUG_PORT='0'\nAZURITE_BLOB_PORT=70000\n"
        "AZURITE_ACCOUNT_KEY=sesame!\n"
    )

    with pytest.raises(SettingsError) as fault:
        planned(env, process={"PROCESSOR_HOST_PORT": "x"})

    assert fault.value.message.replace(f"{tmp_path}/", "").splitlines() == [
        "the environment: PROCESSOR_HOST_PORT is 'x': not a port",
        ".env.local:1: ORCHESTRATOR_HOST_PORT is 'eight': not a port",
        ".env.local:2: not NAME=value",
        ".env.local:3: LOADER_DEBUG_PORT is '0': not a port",
        ".env.local:4: AZURITE_BLOB_PORT is '70000': not a port",
        ".env.local:5: AZURITE_ACCOUNT_KEY holds no base64",
        "functions/orchestrator/local.settings.json:1: A is an array: a setting is text",
        "functions/loader/local.settings.json:1: A is an array: a setting is text",
    ]
    assert not (tmp_path / ".funcyard").exists()


def test_an_offset_that_leads_beyond_the_last_port_is_refused(
    planned: Callable[..., ProjectPlan],
) -> None:
    with pytest.raises(PortsError, match="LOADER_HOST_PORT is 65500: an offset of 100") as fault:
        planned(f"{_KEY}LOADER_HOST_PORT=65500\n", port_offset=100)
    assert fault.value.hint == "take one of 35 at most"


def test_without_a_key_the_way_to_one_is_named(planned: Callable[..., ProjectPlan]) -> None:
    with pytest.raises(NoKeyError) as fault:
        planned("ORCHESTRATOR_HOST_PORT=8071\n")
    assert fault.value.message == "AZURITE_ACCOUNT_KEY is not set in .env.local"
    assert "funcyard key rotate" in str(fault.value.hint)


def test_only_the_apps_asked_for_are_planned(planned: Callable[..., ProjectPlan]) -> None:
    plan = planned(_KEY, only=("loader",))
    assert [(app.name, app.debug_port) for app in plan.apps] == [("loader", 5680)]
    with pytest.raises(NoSuchAppError, match="there is no app 'lodaer'") as fault:
        planned(_KEY, only=("lodaer",))
    assert fault.value.exit_code == 2


def test_the_state_is_private_and_ignored_by_git(planned: Callable[..., ProjectPlan]) -> None:
    state = planned(_KEY).state
    assert state.stat().st_mode & 0o777 == 0o700
    assert (state / ".gitignore").read_text() == "*\n"
