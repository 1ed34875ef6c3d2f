from __future__ import annotations

from typing import Any

from funcyard.project.spec import FunctionApp, Spec


def _spec(apps: object, **fields: Any) -> Spec:  # noqa: ANN401 - any field of a spec
    return Spec.model_validate({"project_name": "small", "function_apps": apps, **fields})


def _triggers(spec: Spec) -> list[list[dict[str, object]]]:
    return [
        [trigger.model_dump(exclude_defaults=True) for trigger in app.triggers]
        for app in spec.function_apps
    ]


def test_an_app_may_be_just_its_name() -> None:
    spec = _spec(["api", "my-jobs"])

    assert [(app.name, app.port) for app in spec.function_apps] == [
        ("api", 7071),
        ("my-jobs", 7072),
    ]
    assert _triggers(spec) == [[{"name": "api"}], [{"name": "my_jobs"}]]


def test_a_trigger_may_be_just_its_type() -> None:
    spec = _spec([{"name": "jobs", "triggers": ["http", "timer", "queue", "blob"]}])

    assert _triggers(spec) == [
        [
            {"name": "jobs"},
            {"name": "jobs_timer"},
            {"name": "jobs_queue", "queue": "tasks"},
            {"name": "jobs_blob", "path": "uploads/{name}"},
        ]
    ]


def test_names_that_are_made_up_are_told_apart() -> None:
    stated = {"type": "http", "name": "api_2"}
    spec = _spec([{"name": "api", "triggers": ["http", "http", stated, {"type": "http"}]}])

    assert [item["name"] for item in _triggers(spec)[0]] == ["api", "api_3", "api_2", "api_4"]


def test_a_name_that_python_would_not_take_is_not_made_up() -> None:
    assert _triggers(_spec(["import"])) == [[{"name": "import_http"}]]


def test_two_apps_are_not_given_one_queue() -> None:
    spec = _spec([{"name": "one", "triggers": ["queue"]}, {"name": "two", "triggers": ["queue"]}])

    assert [item[0]["queue"] for item in _triggers(spec)] == ["tasks", "two-tasks"]
    (triggers,) = _triggers(_spec([{"name": "one", "triggers": ["queue", "queue"]}]))
    assert [trigger["queue"] for trigger in triggers] == ["tasks", "one-tasks"]


def test_ports_that_are_left_out_are_filled_around_those_given() -> None:
    apps = [{"name": "one"}, {"name": "two", "port": 7071}, {"name": "three", "port": None}]

    assert [app.port for app in _spec(apps).function_apps] == [7072, 7071, 7073]


def test_storage_items_may_be_just_their_names() -> None:
    storage = {"queues": ["one", {"name": "two"}], "tables": ["Log"], "blob_containers": None}
    spec = _spec(["api"], storage=storage)

    assert [item.name for item in spec.storage.queues] == ["one", "two"]
    assert [item.name for item in spec.storage.tables] == ["Log"]


def test_sections_with_nothing_in_them_are_left_out() -> None:
    assert _spec(["api"], storage=None, environment=None, reasons=None) == _spec(["api"])


def test_an_app_by_itself_takes_short_triggers_too() -> None:
    app = FunctionApp.model_validate({"name": "jobs", "port": 7080, "triggers": ["timer"]})

    assert app.triggers[0].name == "jobs_timer"


def test_models_are_taken_where_mappings_are() -> None:
    spec = _spec(["api", "jobs"])

    assert _spec(spec.function_apps) == spec
