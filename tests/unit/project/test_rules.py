from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from funcyard.faults import Severity, dotted
from funcyard.project.rules import check, complete
from funcyard.project.spec import Spec

_TODAY = date(2026, 11, 20)


def _spec(**fields: Any) -> Spec:  # noqa: ANN401 - any field of a spec
    return Spec.model_validate({"project_name": "small", "function_apps": ["api"], **fields})


def _faults(**fields: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any field of a spec
    return [
        (dotted(fault.path), fault.message)
        for fault in check(_spec(**fields), today=_TODAY)
        if fault.severity is Severity.ERROR
    ]


def _warnings(**fields: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any field of a spec
    return [
        (dotted(fault.path), fault.message)
        for fault in check(_spec(**fields), today=_TODAY)
        if fault.severity is Severity.WARNING
    ]


def _app(*triggers: object, **fields: object) -> dict[str, object]:
    return {"name": "api", "triggers": list(triggers), **fields}


def _of(kind: str, **fields: object) -> list[tuple[str, str]]:
    """Return the faults of a project with one function of that kind, paths from its trigger."""
    prefix = "function_apps[0].triggers[0]."
    return [
        (path.removeprefix(prefix), message)
        for path, message in _faults(function_apps=[_app({"type": kind, **fields})])
    ]


_KEBAB = "may hold lowercase letters, digits and single hyphens, a letter first"


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("my-data-pipeline", []),
        ("a1", []),
        ("x", ["1 character; it takes 2 to 60"]),
        ("a" * 61, ["61 characters; it takes 2 to 60"]),
        ("../../etc", [f"'../../etc' {_KEBAB}"]),
        ("My-App", [f"'My-App' {_KEBAB}"]),
        ("a--b", [f"'a--b' {_KEBAB}"]),
        ("a-", [f"'a-' {_KEBAB}"]),
        ("1a", [f"'1a' {_KEBAB}"]),
        ("café", [f"'café' {_KEBAB}"]),
    ],
)
def test_names_of_projects_and_apps_suit_compose_images_and_azure(
    name: str, messages: list[str]
) -> None:
    assert [message for _, message in _faults(project_name=name)] == messages
    assert [message for _, message in _faults(function_apps=[name])] == messages


@pytest.mark.parametrize(
    ("apps", "fault"),
    [
        (["azurite"], "'azurite' is reserved for the storage emulator's service"),
        (["init-azurite"], "'init-azurite' is reserved for the service that creates the storage"),
        (["scripts"], "'scripts' is reserved for the folder of the container scripts"),
        (["one", "one"], "the app 'one' comes twice"),
    ],
)
def test_apps_have_names_of_their_own(apps: list[str], fault: str) -> None:
    assert (f"function_apps[{len(apps) - 1}].name", fault) in _faults(function_apps=apps)


def test_apps_that_would_share_a_variable_collide() -> None:
    assert (
        "function_apps[1].name",
        "'my_app' and 'my-app' would share the variable MY_APP_HOST_PORT",
    ) in _faults(function_apps=["my-app", "my_app"])


@pytest.mark.parametrize(
    ("ports", "faults"),
    [
        ([7071, 7072], []),
        ([1024, 65535], []),
        ([80], [(0, "port 80 is privileged: only root may listen below 1024")]),
        ([0], [(0, "port 0 is not between 1024 and 65535")]),
        ([-5], [(0, "port -5 is not between 1024 and 65535")]),
        ([65536], [(0, "port 65536 is not between 1024 and 65535")]),
        ([10000], [(0, "port 10000 belongs to Azurite (blob)")]),
        ([10001], [(0, "port 10001 belongs to Azurite (queue)")]),
        ([10002], [(0, "port 10002 belongs to Azurite (table)")]),
        ([10350], [(0, "port 10350 belongs to Tilt")]),
        ([5678], [(0, "port 5678 belongs to the debugger")]),
        ([5679], []),
        ([7071, 5679], [(1, "port 5679 belongs to the debugger")]),
        ([7071, 7071], [(1, "port 7071 is already app-0's")]),
    ],
)
def test_ports_are_in_range_and_nobody_elses(
    ports: list[int], faults: list[tuple[int, str]]
) -> None:
    apps = [{"name": f"app-{index}", "port": port} for index, port in enumerate(ports)]

    assert _faults(function_apps=apps) == [
        (f"function_apps[{index}].port", message) for index, message in faults
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("split_file", None),
        ("A1", None),
        ("list", None),
        ("import", "'import' means something else in Python or in Azure Functions"),
        ("host", "'host' means something else in Python or in Azure Functions"),
        ("_private", "'_private' means something else in Python or in Azure Functions"),
        ("a-b", "'a-b' is not a Python identifier that begins with a letter"),
        ("1a", "'1a' is not a Python identifier that begins with a letter"),
        ("größe", "'größe' is not a Python identifier that begins with a letter"),
        ("f(); import os", "'f(); import os' is not a Python identifier that begins with a"),
    ],
)
def test_function_names_are_names_in_azure_and_in_python(name: str, message: str | None) -> None:
    found = _of("timer", name=name)

    assert found[:1] == ([] if message is None else [("name", found[0][1])])
    assert message is None or found[0][1].startswith(message)


def test_functions_of_an_app_are_told_apart_without_case() -> None:
    twice = _app({"type": "timer", "name": "tidy"}, {"type": "queue", "name": "Tidy"})

    assert _faults(function_apps=[twice]) == [
        ("function_apps[0].triggers[1].name", "the app 'api' already has a function 'tidy'")
    ]
    assert _faults(function_apps=[twice | {"name": "one", "triggers": twice["triggers"]}]) != []


def test_an_app_has_a_trigger() -> None:
    assert _faults(function_apps=[_app()]) == [
        ("function_apps[0].triggers", "the app 'api' has no trigger")
    ]


@pytest.mark.parametrize(
    ("methods", "fault"),
    [
        ([], ("methods", "no method")),
        (["GET", "get"], ("methods[1]", "GET comes twice")),
        (["FETCH"], ("methods[0]", "no method 'FETCH'")),
    ],
)
def test_http_methods_are_known_and_named_once(methods: list[str], fault: tuple[str, str]) -> None:
    assert _of("http", methods=methods) == [fault]


@pytest.mark.parametrize(
    "route",
    [
        "items",
        "items/{id}",
        "items/{id:int}",
        "items/{id:int:min(1)}/parts/{part?}",
        "{category:alpha}/{id:int?}",
        "files/{*path}",
        "files/{**path}",
        "a-b_c.d~e/{year:regex(^\\d{{4}}$)}",
        "{name}.json",
        "Products/",
    ],
)
def test_routes_that_the_host_can_match_are_sound(route: str) -> None:
    assert _of("http", route=route) == []


@pytest.mark.parametrize(
    ("route", "message"),
    [
        ("/items", "'/items' begins with /"),
        ("api/items", "the host adds api/ itself: this is /api/api/items"),
        ("API/items", "the host adds api/ itself: this is /api/API/items"),
        ("a//b", "'a//b' has an empty part between slashes, or dots for one"),
        ("a/../b", "'a/../b' has an empty part between slashes, or dots for one"),
        ("items/{id", "'{' cannot stand in a route"),
        ("items/id}", "'}' cannot stand in a route"),
        ("items/{}", "'{}' cannot stand in a route"),
        ("a b", "'a b' cannot stand in a route"),
        ("a?b=1", "'a?b=1' cannot stand in a route"),
        ("a#b", "'a#b' cannot stand in a route"),
        ("{id}/{ID}", "the parameter {id} comes twice"),
        ("{a}{b}", "nothing stands between {a} and {b}"),
        ("{*rest}/more", "{*rest} has to come last"),
        ("{id?}/more", "{id?} has to come last"),
        ("{id:integer}", "no constraint 'integer' is known"),
        ("{id:}", "'{id:}' cannot stand in a route"),
        ("", "is empty"),
    ],
)
def test_routes_that_the_host_cannot_match_are_refused(route: str, message: str) -> None:
    assert ("route", message) in _of("http", route=route)


@pytest.mark.parametrize(
    ("first", "second", "collide"),
    [
        ("items/{id}", "Items/{key}", True),
        ("items/{id:int}", "items/{key:int}", True),
        ("items/{id:int}", "items/{name:alpha}", False),
        ("items", "items/{id}", False),
    ],
)
def test_two_functions_of_an_app_do_not_answer_one_route(
    first: str, second: str, *, collide: bool
) -> None:
    app = _app(
        {"type": "http", "name": "a", "route": first, "methods": ["GET"]},
        {"type": "http", "name": "b", "route": second, "methods": ["GET", "PUT"]},
        {"type": "http", "name": "c", "route": second, "methods": ["POST"]},
    )
    fault = ("function_apps[0].triggers[1].route", f"GET {second} is already answered by 'a'")

    assert _faults(function_apps=[app]) == ([fault] if collide else [])


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("0 */5 * * * *", None),
        ("0 30 9 * * Mon-Fri", None),
        ("0,30 0 0 1 Jan,July *", None),
        ("%SCHEDULE%", None),
        ("*/5 * * * *", "'*/5 * * * *' has five fields; seconds come first"),
        ("00:05:00", "'00:05:00' has 1 field; NCRONTAB has six, seconds first"),
        ("@daily", "'@daily' has 1 field; NCRONTAB has six, seconds first"),
        ("60 * * * * *", "second '60' is not between 0 and 59"),
        ("0 0 24 * * *", "hour '24' is not between 0 and 23"),
        ("0 0 0 0 * *", "day '0' is not between 1 and 31"),
        ("0 0 0 * * 7", "day of week '7' is not between 0 and 6"),
        ("0 */0 * * * *", "minute '*/0': the step must be a positive number"),
        ("0 0 0 L * *", "day 'L' is not a value from 1 to 31"),
        ("0 0 0 30 2 *", "'0 0 0 30 2 *' never comes: no such day in its months"),
    ],
)
def test_schedules_have_six_fields_and_come_round(schedule: str, message: str | None) -> None:
    found = _of("timer", schedule=schedule)

    assert found == ([] if message is None else [("schedule", message)])


def test_a_schedule_of_absurd_numbers_is_a_fault_and_no_traceback() -> None:
    ((path, _),) = _of("timer", schedule="9" * 900 + " * * * * *")

    assert path == "schedule"


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("tasks", []),
        ("a-1", []),
        ("0-a", []),
        ("%QUEUE%", []),
        ("ab", ["queue 'ab': a name takes 3 to 63 characters"]),
        (
            "Tasks",
            ["queue 'Tasks' may hold lowercase letters, digits and single hyphens between them"],
        ),
        (
            "a--b",
            ["queue 'a--b' may hold lowercase letters, digits and single hyphens between them"],
        ),
    ],
)
def test_queue_names_suit_the_service(name: str, messages: list[str]) -> None:
    assert [message for _, message in _of("queue", queue=name)] == messages
    if "%" not in name:
        declared = _faults(storage={"queues": [name]})
        assert [message for _, message in declared] == messages


def test_a_queue_whose_poison_queue_would_have_too_long_a_name_is_a_warning() -> None:
    name = "q" * 60
    app = _app({"type": "queue", "queue": name})

    assert _warnings(function_apps=[app]) == [
        (
            "function_apps[0].triggers[0].queue",
            f"its poison queue {name}-poison would be longer than 63 characters",
        )
    ]


def test_two_functions_on_one_queue_are_a_warning() -> None:
    apps = [
        {"name": name, "triggers": [{"type": "queue", "queue": "tasks"}]} for name in ("a1", "b1")
    ]

    assert _warnings(function_apps=apps) == [
        (
            "function_apps[1].triggers[0].queue",
            "'tasks' is also read by a1.a1_queue; a message reaches only one of them",
        )
    ]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("uploads/{name}", None),
        ("uploads/in/{name}.{ext}", None),
        ("%CONTAINER%/{name}", None),
        ("uploads", "'uploads' has no pattern after the container"),
        ("uploads/", "'uploads/' has no pattern after the container"),
        ("Up/{name}", "container 'Up': a name takes 3 to 63 characters"),
        ("uploads/{name", "the braces in '{name' do not pair up around names"),
        ("uploads/{}", "the braces in '{}' do not pair up around names"),
        ("uploads/{rand-guid}", "{rand-guid} makes a new value, so it matches no blob"),
        ("uploads/{a}/{a}", "{a} comes twice"),
        ("uploads/{a}-{b}", None),
        ("uploads/{a}{b}", "nothing tells where {a} ends and {b} begins"),
        ("uploads/a//b", "'a//b' has an empty part between slashes, or dots for one"),
        ("uploads/../b", "'../b' has an empty part between slashes, or dots for one"),
    ],
)
def test_blob_paths_are_a_container_and_a_pattern(path: str, message: str | None) -> None:
    found = _of("blob", path=path)

    assert found[:1] == ([] if message is None else [("path", message)])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("AuditLog", None),
        ("Ab", "table 'Ab': a name takes 3 to 63 characters"),
        ("audit-log", "table 'audit-log' may hold letters and digits, a letter first"),
        ("1Audit", "table '1Audit' may hold letters and digits, a letter first"),
        ("Tables", "'Tables' is reserved by the table service"),
    ],
)
def test_table_names_suit_the_service(table: str, message: str | None) -> None:
    found = [fault for _, fault in _faults(storage={"tables": [table]})]

    assert found == ([] if message is None else [message])


_STORAGE_NAME = "3 to 63 lowercase letters, digits and single hyphens between them, such as "
_TABLE_NAME = "3 to 63 letters and digits, a letter first, such as "


@pytest.mark.parametrize(
    ("kind", "name", "hint"),
    [
        ("blob_containers", "in", f"{_STORAGE_NAME}my-in"),
        ("blob_containers", "-", f"{_STORAGE_NAME}my-data"),
        ("queues", "Q", f"{_STORAGE_NAME}my-q"),
        ("queues", "My_Queue", f"{_STORAGE_NAME}my-queue"),
        ("queues", "a-" * 40, f"{_STORAGE_NAME}{'a-' * 31}a"),
        ("tables", "in", f"{_TABLE_NAME}MyIn"),
        ("tables", "1-2", f"{_TABLE_NAME}MyTable"),
        ("tables", "audit-log", f"{_TABLE_NAME}auditlog"),
        ("tables", "t" * 64, f"{_TABLE_NAME}{'t' * 63}"),
    ],
)
def test_a_wrong_name_of_storage_is_told_with_the_rule_and_a_name_that_is_taken(
    kind: str, name: str, hint: str
) -> None:
    faults = list(check(_spec(storage={kind: [name]}), today=_TODAY))

    assert [fault.hint for fault in faults][-1] == hint
    assert _faults(storage={kind: [hint.rpartition(" ")[2]]}) == []


@pytest.mark.parametrize("path", ["in", "in/", "In", "/{name}", "%UP%"])
def test_a_wrong_path_of_a_blob_is_told_with_one_that_is_taken(path: str) -> None:
    app = _app({"type": "blob", "path": path})
    (fault,) = [each for each in check(_spec(function_apps=[app]), today=_TODAY) if each.hint]

    assert fault.hint is not None
    example = fault.hint.rpartition(" ")[2]
    assert _of("blob", path=example if "/" in example else f"{example}/{{name}}") == []


@pytest.mark.parametrize("name", ["x", "X", "1a", "a" * 61, "My App"])
def test_a_wrong_name_is_told_with_one_that_is_taken(name: str) -> None:
    faults = list(check(_spec(project_name=name), today=_TODAY))

    example = str(faults[-1].hint).removeprefix("for example ")
    assert _faults(project_name=example) == []


def test_storage_is_declared_once() -> None:
    storage = {
        "blob_containers": ["one", "one"],
        "queues": ["one", "two"],
        "tables": [{"name": "One", "fields": ["a", "a", "RowKey", "b-c"]}, "one1", "ONE"],
    }

    assert _faults(storage=storage) == [
        ("storage.blob_containers[1].name", "'one' comes twice"),
        ("storage.tables[2].name", "'ONE' comes twice"),
        ("storage.tables[0].fields[1]", "'a' comes twice"),
        ("storage.tables[0].fields[2]", "every table has 'RowKey' already"),
        ("storage.tables[0].fields[3]", "'b-c' may hold letters, digits and underscores"),
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("LOG_LEVEL", None),
        ("_x", None),
        ("1A", "'1A' may hold letters, digits and underscores, no digit first"),
        ("A-B", "'A-B' may hold letters, digits and underscores, no digit first"),
        ("A=B", "'A=B' may hold letters, digits and underscores, no digit first"),
        ("PATH", "Funcyard sets PATH itself"),
        ("azurewebjobsstorage", "Funcyard sets AzureWebJobsStorage itself"),
        ("AZURITE_ACCOUNT_KEY", "Funcyard sets AZURITE_ACCOUNT_KEY itself"),
        ("API_HOST_PORT", "Funcyard sets API_HOST_PORT itself, for the app 'api'"),
        ("API_URL", "Funcyard sets API_URL itself, for the app 'api'"),
    ],
)
def test_variables_have_names_that_shells_take_and_nobody_else_sets(
    name: str, message: str | None
) -> None:
    found = _faults(environment=[{"name": name}])

    assert found == ([] if message is None else [("environment[0].name", message)])


def test_variables_are_named_once_without_regard_to_case() -> None:
    assert _faults(environment=[{"name": "A1"}, {"name": "A1"}, {"name": "a1"}]) == [
        ("environment[1].name", "'A1' comes twice"),
        ("environment[2].name", "'a1' differs from 'A1' in case only"),
    ]


def test_a_secret_in_the_spec_is_a_warning() -> None:
    assert _warnings(environment=[{"name": "API_KEY", "default": "x"}, {"name": "OTHER_KEY"}]) == [
        ("environment[0].default", "API_KEY looks like a secret, and the spec is kept in Git")
    ]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"path": "../shared"}, ("path", "'../shared' leaves the project: .. is not taken")),
        ({"path": "/opt/shared"}, ("path", "'/opt/shared' leaves the project")),
        ({"path": "~/shared"}, ("path", "'~/shared' leaves the project")),
        ({"path": "a/../../b"}, ("path", "'a/../../b' leaves the project: .. is not taken")),
        ({"path": "C:/shared"}, ("path", "'C:/shared' leaves the project")),
        ({"path": "."}, ("path", "is the project itself")),
        ({"path": "functions/shared"}, ("path", "functions/ is generated")),
        ({"path": "a b"}, ("path", "'a b' may hold letters, digits and . _ - @ + / only")),
        ({"path": "$HOME/x"}, ("path", "'$HOME/x' may hold letters, digits and . _ - @ + / only")),
        ({"name": "-x"}, ("name", "'-x' is not a package name")),
        ({"name": "a b"}, ("name", "'a b' is not a package name")),
        ({"name": "Azure_Functions"}, ("name", "'Azure_Functions' is a published package's name")),
    ],
)
def test_local_packages_lie_in_the_project(fields: dict[str, str], fault: tuple[str, str]) -> None:
    package = {"name": "data-utils", "path": "./data-utils", **fields}

    assert _faults(local_packages=[package]) == [(f"local_packages[0].{fault[0]}", fault[1])]


def test_local_packages_do_not_replace_each_other() -> None:
    packages = [
        {"name": "data-utils", "path": "one"},
        {"name": "data_utils", "path": "two"},
        {"name": "more", "path": "./one/"},
    ]

    assert _faults(local_packages=packages) == [
        ("local_packages[1].name", "'data_utils' is imported as 'data-utils' is"),
        ("local_packages[2].path", "'./one/' is already the folder of 'data-utils'"),
    ]


@pytest.mark.parametrize("source", ["~/.azure", "$HOME/.azure", "${HOME}/.config/gh", "./data"])
def test_volumes_show_folders_of_the_project_or_below_home(source: str) -> None:
    assert _faults(volumes=[{"source": source, "target": "/mnt/x"}]) == []


@pytest.mark.parametrize(
    ("source", "target", "fault"),
    [
        ("/etc", "/x", ("source", "'/etc' leaves the project")),
        ("../x", "/x", ("source", "'../x' leaves the project: .. is not taken")),
        ("~", "/x", ("source", "is the whole home folder")),
        ("$HOME/", "/x", ("source", "is the whole home folder")),
        ("~/../x", "/x", ("source", "'../x' leaves the home folder: .. is not taken")),
        ("~root/x", "/x", ("source", "'~root/x' leaves the project")),
        ("$PWD/x", "/x", ("source", "'$PWD/x' may hold letters, digits and . _ - @ + / only")),
        ("a:b", "/x", ("source", "'a:b' leaves the project")),
        ("a", "x", ("target", "'x' is not a plain absolute path")),
        ("a", "/x/../y", ("target", "'/x/../y' is not a plain absolute path")),
        ("a", "/x:rw", ("target", "'/x:rw' is not a plain absolute path")),
        ("a", "/home/site/wwwroot/", ("target", "'/home/site/wwwroot/' would hide the app")),
        ("a", "/", ("target", "'/' would hide the app or its host")),
    ],
)
def test_volumes_that_leave_or_hide_are_refused(
    source: str, target: str, fault: tuple[str, str]
) -> None:
    ((path, message),) = _faults(volumes=[{"source": source, "target": target}])

    assert path == f"volumes[0].{fault[0]}"
    assert message.startswith(fault[1])


def test_two_volumes_do_not_share_a_target() -> None:
    volumes = [{"source": "a", "target": "/mnt/x"}, {"source": "b", "target": "/mnt/x/"}]

    assert _faults(volumes=volumes) == [("volumes[1].target", "'/mnt/x/' comes twice")]


@pytest.mark.parametrize("name", ["git; rm -rf /", "-y", "Git", "$(id)", "a", "libc6=1 2"])
def test_system_packages_are_names_and_never_commands(name: str) -> None:
    assert _faults(system_packages=["libgomp1", "g++", "libc6=2.36-9+deb12u9", name]) == [
        ("system_packages[3]", f"{name!r} is not a Debian package name")
    ]


def test_system_packages_are_named_once() -> None:
    assert _faults(system_packages=["git", "git=1.2"]) == [
        ("system_packages[1]", "'git=1.2' comes twice")
    ]


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("3.9", "Python 3.9 ended on 2025-10-31"),
        ("3.10", "Python 3.10 ended on 2026-10-31"),
        ("3.15", "Python 3.15 is not known"),
        ("latest", "Python latest is not known"),
    ],
)
def test_pythons_that_are_not_generated_are_named(version: str, message: str) -> None:
    assert _faults(runtime={"version": version}) == [("runtime.version", message)]


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_pythons_that_are_generated_are_sound(version: str) -> None:
    assert _faults(runtime={"version": version}) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("one\ntwo", "has a line break"),
        ("a\u2028b", "holds the character U+2028"),
        ("a\x1b[31m", "holds the character U+001B"),
        ("a\u202eb", "holds the character U+202E"),
        ("x" * 1001, "1001 characters; it takes 1000 at most"),
        ("Größe, 数据 and 🚀", None),
    ],
)
def test_text_is_one_line_of_ordinary_characters(text: str, message: str | None) -> None:
    found = _faults(function_apps=[_app("http", purpose=text)], reasons={"azure_cli": text})

    expected = [] if message is None else [message, message]
    assert [fault for _, fault in found] == expected


def test_a_reason_for_nothing_is_a_warning() -> None:
    assert _warnings(
        environment=[{"name": "LEVEL"}],
        system_packages=["libicu72", "python3.11-dev"],
        volumes=[{"source": "./data.d", "target": "/data"}],
        reasons={
            "environment.LEVEL": "why",
            "function_apps.api.port": "why",
            "system_packages.python3.11-dev": "why",
            "volumes./data": "why",
            "volumes../data.d.read_only": "why",
            "environment.GONE": "why",
            "environment.LEVEL.name.more": "why",
            "volumes./": "why",
            "colour": "why",
        },
    ) == [
        ("reasons.environment.GONE", "names nothing in this spec"),
        ("reasons.environment.LEVEL.name.more", "names nothing in this spec"),
        ("reasons.volumes./", "names nothing in this spec"),
        ("reasons.colour", "names nothing in this spec"),
    ]


def test_storage_that_triggers_need_is_declared_by_itself() -> None:
    app = _app(
        {"type": "queue", "name": "q", "queue": "tasks"},
        {"type": "queue", "name": "s", "queue": "%QUEUE%"},
        {"type": "blob", "name": "b", "path": "uploads/{name}"},
        {"type": "blob", "name": "c", "path": "%CONTAINER%/{name}"},
    )
    spec = complete(_spec(function_apps=[app], storage={"queues": ["first"]}))

    assert [(item.name, item.description) for item in spec.storage.queues] == [
        ("first", ""),
        ("tasks", "For q of api"),
    ]
    assert [item.name for item in spec.storage.blob_containers] == ["uploads"]
    assert complete(spec) is spec


def test_declared_storage_keeps_its_description() -> None:
    item = {"name": "tasks", "description": "Mine"}
    spec = complete(_spec(function_apps=[_app("queue")], storage={"queues": [item]}))

    assert [item.description for item in spec.storage.queues] == ["Mine"]
