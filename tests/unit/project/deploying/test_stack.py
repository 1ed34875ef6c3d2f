"""A project as a graph: everything that its spec declares, and settings that refer to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.project.deploying.projects import shop
from tests.unit.project.deploying.test_naming import TARGET

from funcyard.deploy.package import PackageError
from funcyard.deploy.records import Record, State
from funcyard.deploy.refs import Given, Ref, SecretRef
from funcyard.project.deploying.code import packed
from funcyard.project.deploying.settings import given_settings, loading_settings
from funcyard.project.deploying.stack import project_graph, target_of
from funcyard.settings import SettingsError


def test_a_project_is_group_storage_plan_and_of_each_app_site_settings_and_code(
    tmp_path: Path,
) -> None:
    root, spec = shop(tmp_path)

    graph = project_graph(spec, TARGET, packed(root, spec, State("shop")), {})

    assert {one.address: one.kind for one in graph} == {
        "group": "resource-group",
        "plan": "service-plan",
        "storage": "storage-account",
        "storage.container.pictures": "blob-container",
        "storage.queue.orders": "queue",
        "storage.table.Stock": "table",
        "api.site": "function-app",
        "api.settings": "app-settings",
        "api.code": "app-code",
        "jobs.site": "function-app",
        "jobs.settings": "app-settings",
        "jobs.code": "app-code",
    }
    assert graph.dependencies["api.code"] == {"api.site", "api.settings"}


def test_no_app_runs_before_what_its_bindings_use_is_there_nor_after_that_goes(
    tmp_path: Path,
) -> None:
    root, spec = shop(tmp_path)

    graph = project_graph(spec, TARGET, packed(root, spec, State("shop")), {})

    parts = {"storage.container.pictures", "storage.queue.orders", "storage.table.Stock"}
    for app in ("api", "jobs"):
        assert parts <= graph.dependencies[f"{app}.site"]


def test_apps_find_storage_each_other_and_what_is_set(tmp_path: Path) -> None:
    root, spec = shop(tmp_path)
    (root / ".env").write_text("SHOP_LEVEL=9\nTOKEN='hunter2'\n")
    given = given_settings(root)

    graph = project_graph(spec, TARGET, packed(root, spec, State("shop")), given)

    settings = graph.resources["api.settings"].properties
    assert settings["AzureWebJobsStorage"] == SecretRef("storage", "connection_string")
    assert settings["JOBS_URL"] == Ref("jobs.site", "url")
    assert settings["SHOP_LEVEL"] == Given(".env:SHOP_LEVEL", "9")
    assert settings["TOKEN"] == Given(".env:TOKEN", "hunter2")
    assert "hunter2" not in repr(settings)
    loading = loading_settings(spec, "api", given)
    assert (loading["TOKEN"], loading["SHOP_LEVEL"]) == ("hunter2", "9")
    assert loading["AzureWebJobsStorage"] == "UseDevelopmentStorage=true"


def test_without_that_file_the_spec_counts(tmp_path: Path) -> None:
    root, spec = shop(tmp_path)

    assert given_settings(root) == {}
    assert loading_settings(spec, "api", {})["SHOP_LEVEL"] == "3"


def test_a_line_that_sets_nothing_is_told_with_its_number(tmp_path: Path) -> None:
    root, _ = shop(tmp_path)
    (root / ".env").write_text("A=1\nnonsense\n")

    with pytest.raises(SettingsError, match=":2: not NAME=value"):
        given_settings(root)


def test_what_is_wrong_with_apps_is_told_at_once(tmp_path: Path) -> None:
    root, spec = shop(tmp_path)
    (root / "functions" / "api" / "host.json").unlink()
    (root / "functions" / "jobs" / "function_app.py").unlink()

    with pytest.raises(PackageError, match=r"(?s)lack host\.json.*lack function_app\.py"):
        packed(root, spec, State("shop"))


def test_the_functions_of_what_was_deployed_unchanged_are_known(tmp_path: Path) -> None:
    root, spec = shop(tmp_path)
    code = packed(root, spec, State("shop"))
    graph = project_graph(spec, TARGET, code, {})
    address, identity = "api.code", graph.resources["api.code"].identity
    record = Record(
        address,
        "app-code",
        identity,
        (),
        "1",
        made=True,
        inputs={"content": code["api"].package.digest},
        outputs={"functions": ["hello"]},
    )

    again = packed(root, spec, State("shop", records={identity: record}))

    assert (again["api"].functions, again["jobs"].functions) == (("hello",), ())
    (root / "functions" / "api" / "function_app.py").write_text("# changed\n")
    changed = packed(root, spec, State("shop", records={identity: record}))
    assert changed["api"].functions == ()


def test_where_it_was_deployed_to_is_known_from_its_record(tmp_path: Path) -> None:
    root, spec = shop(tmp_path)
    graph = project_graph(spec, TARGET, packed(root, spec, State("shop")), {})
    identity = graph.resources["group"].identity
    record = Record(
        "group", "resource-group", identity, (), "1", made=True, inputs={"location": "westeurope"}
    )

    assert target_of(State("shop")) is None
    assert target_of(State("shop", records={identity: record})) == TARGET
