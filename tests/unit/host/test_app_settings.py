from __future__ import annotations

from pathlib import Path

from funcyard.host.app_settings import app_settings
from funcyard.host.plan import AppPlan, ProjectPlan, StoragePlan

CONNECTION = "AccountName=a;AccountKey=k;BlobEndpoint=http://127.0.0.1:1/a;"


def _settings(
    process: dict[str, str] | None = None,
    project: dict[str, str] | None = None,
    app: dict[str, str] | None = None,
) -> dict[str, str]:
    root = Path("/project")
    plan = AppPlan(
        name="api",
        directory=root / "functions" / "api",
        port=7071,
        python="3.11",
        host_id="sample-api",
        url_variable="API_URL",
        debug_port=5678,
        settings=app or {},
    )
    whole = ProjectPlan(
        name="sample",
        root=root,
        state=root / ".funcyard" / "run",
        apps=(plan,),
        storage=StoragePlan(directory=root, key="k"),
        settings=project or {},
        process=process or {},
    )
    return app_settings(
        whole, plan, connection=CONNECTION, urls={"API_URL": "http://127.0.0.1:7071"}
    )


def test_the_process_wins_over_env_local_and_that_over_local_settings() -> None:
    settings = _settings({"A": "process"}, {"A": "env", "B": "env"}, {"A": "l", "B": "l", "C": "l"})

    assert (settings["A"], settings["B"], settings["C"]) == ("process", "env", "l")


def test_development_storage_means_the_running_emulator_wherever_it_is_named() -> None:
    settings = _settings(
        app={
            "AzureWebJobsStorage": "UseDevelopmentStorage=true",
            "Archive": "usedevelopmentstorage = TRUE;",
            "Real": "DefaultEndpointsProtocol=https;AccountName=real",
        }
    )

    assert settings["AzureWebJobsStorage"] == settings["Archive"] == CONNECTION
    assert settings["Real"].endswith("AccountName=real")


def test_storage_of_a_person_s_own_is_left_alone() -> None:
    settings = _settings({"AzureWebJobsStorage": "AccountName=mine"})

    assert settings["AzureWebJobsStorage"] == "AccountName=mine"


def test_apps_find_each_other_and_are_known_in_storage() -> None:
    settings = _settings()

    assert settings["API_URL"] == "http://127.0.0.1:7071"
    assert settings["AzureFunctionsWebHost__hostid"] == "sample-api"
    assert _settings(app={"API_URL": "http://elsewhere"})["API_URL"] == "http://elsewhere"


def test_an_app_is_not_given_the_project_s_key_or_our_own_python() -> None:
    settings = _settings(
        {"VIRTUAL_ENV": "/ours", "PYTHONHOME": "/ours"}, {"AZURITE_ACCOUNT_KEY": "k"}
    )

    assert {"VIRTUAL_ENV", "PYTHONHOME", "AZURITE_ACCOUNT_KEY"} & settings.keys() == set()


def test_shared_code_is_found_where_a_person_says() -> None:
    assert _settings(app={"PYTHONPATH": "../libs"})["PYTHONPATH"] == "../libs"
    assert _settings({"PYTHONPATH": "/libs"}, app={"PYTHONPATH": "x"})["PYTHONPATH"] == "/libs"
