from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.faults import Severity
from funcyard.listening import is_busy
from funcyard.output import to_json
from funcyard.project.catalog import blueprint
from funcyard.project.reading import (
    SpecDocument,
    SpecError,
    Target,
    busy_ports,
    parse_spec,
    read_spec,
)
from funcyard.project.spec import Spec

_TODAY = date(2026, 11, 20)
_BLUEPRINTS = Path(__file__).parents[3] / "src" / "funcyard" / "project" / "blueprints"
_SMALL = "project_name: small\nfunction_apps: [api]\n"


def _faults(text: str | bytes, **options: Path) -> list[tuple[str, int, int, str]]:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, today=_TODAY, root=options.get("root"))
    return [(item.path, item.line, item.column, item.message) for item in caught.value.findings]


@pytest.mark.parametrize("name", ["data-pipeline", "simple-api"])
def test_the_blueprints_specs_are_sound(name: str) -> None:
    document = read_spec(_BLUEPRINTS / name / "spec.yaml", today=_TODAY)

    assert document.spec.blueprint == name
    assert document.warnings == ()


def test_every_fault_is_told_at_once_with_line_and_column() -> None:
    text = """\
project_name: My Project
runtime: {name: python, version: 3.10}
dependency_manager: pipenv
colour: red
function_apps:
  - name: my-app
    port: 10000
    triggers:
      - type: http
        name: hello world
      - type: eventHub
        name: events
  - name: my_app
    port: abc
    triggers: [htp, queue]
  - port: 80
  - 42
storage:
  queues: [{name: Bad}]
"""
    assert _faults(text) == [
        (
            "project_name",
            1,
            15,
            "'My Project' may hold lowercase letters, digits and single hyphens, a letter first",
        ),
        ("runtime.version", 2, 34, "Python 3.10 ended on 2026-10-31"),
        ("dependency_manager", 3, 21, "expected pip, poetry or uv, found 'pipenv'"),
        ("colour", 4, 1, "unknown field"),
        ("function_apps[0].port", 7, 11, "port 10000 belongs to Azurite (blob)"),
        (
            "function_apps[0].triggers[0].name",
            10,
            15,
            "'hello world' is not a Python identifier that begins with a letter",
        ),
        ("function_apps[0].triggers[1]", 11, 9, "the eventHub trigger is not supported yet"),
        (
            "function_apps[1].name",
            13,
            11,
            "'my_app' may hold lowercase letters, digits and single hyphens, a letter first",
        ),
        (
            "function_apps[1].name",
            13,
            11,
            "'my_app' and 'my-app' would share the variable MY_APP_HOST_PORT",
        ),
        ("function_apps[1].port", 14, 11, "expected a whole number, found 'abc'"),
        ("function_apps[1].triggers[0]", 15, 16, "no trigger of type 'htp'"),
        ("function_apps[2].name", 16, 5, "is missing"),
        (
            "function_apps[2].port",
            16,
            11,
            "port 80 is privileged: only root may listen below 1024",
        ),
        ("function_apps[3]", 17, 5, "expected a mapping of fields, found '42'"),
        (
            "storage.queues[0].name",
            19,
            19,
            "queue 'Bad' may hold lowercase letters, digits and single hyphens between them",
        ),
    ]


def test_the_message_lists_every_fault_with_its_hint() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec("project_name: A\nfunction_apps: []\n", today=_TODAY)

    assert caught.value.exit_code == 2
    assert caught.value.message == (
        "3 faults in funcyard.yaml:\n"
        "  funcyard.yaml:1:15: project_name: 1 character; it takes 2 to 60\n"
        "  funcyard.yaml:1:15: project_name: 'A' may hold lowercase letters, digits and single "
        "hyphens, a letter first (for example my-a)\n"
        "  funcyard.yaml:2:16: function_apps: a project has at least one app (add - name: api)"
    )


def test_one_fault_is_one_line() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(_SMALL + "azure_cli: perhaps\n", today=_TODAY)

    assert caught.value.message == (
        "funcyard.yaml:3:12: azure_cli: expected true or false, found 'perhaps'"
    )


@pytest.mark.parametrize("field", [name for name in Spec.model_fields if name != "volumes"])
def test_a_field_of_the_wrong_shape_hides_no_other_fault(field: str) -> None:
    fields: dict[str, object] = {"project_name": "small", "function_apps": ["api"]}
    fields[field] = {"no": ["sense"]} if field == "reasons" else 3
    fields["volumes"] = [{"source": "../outside", "target": "/home/data"}]
    with pytest.raises(SpecError) as caught:
        parse_spec(to_json(fields), today=_TODAY)

    paths = [item.path.split(".")[0] for item in caught.value.findings]
    assert sorted(paths) == sorted([field, "volumes[0]"])


def test_what_a_reason_names_is_not_missed_where_it_could_not_be_read() -> None:
    text = "project_name: small\nfunction_apps: 3\nreasons: {function_apps.api.port: Habit}\n"

    assert [path for path, *_ in _faults(text)] == ["function_apps"]


def test_warnings_are_told_along_with_faults() -> None:
    text = _SMALL + "azure_cli: perhaps\nreasons: {volumes.data: Kept}\n"
    with pytest.raises(SpecError) as caught:
        parse_spec(text, today=_TODAY, busy=lambda port: port == 7071)

    assert caught.value.message == (
        "funcyard.yaml:3:12: azure_cli: expected true or false, found 'perhaps'\n"
        "  warning: funcyard.yaml:2:17: function_apps[0].port: port 7071 is busy now "
        "(funcyard up takes a free one)\n"
        "  warning: funcyard.yaml:4:25: reasons.volumes.data: names nothing in this spec "
        "(a field, or its items by name: environment.LOG_LEVEL)"
    )


def test_the_error_as_json_has_every_finding_by_itself() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(_SMALL + "colour: red\nreasons: {colour: why}\n", today=_TODAY)

    assert '"findings": [{"severity": "error", "path": "colour"' in to_json(
        caught.value.as_dict(), indent=None
    )
    assert caught.value.as_dict()["code"] == "bad-spec"


def test_places_stay_right_behind_parts_that_cannot_be_read() -> None:
    text = "project_name: ok\nfunction_apps:\n  - 1\n  - 2\n  - {name: api, port: 80}\n"

    assert [(path, line) for path, line, _, _ in _faults(text)] == [
        ("function_apps[0]", 3),
        ("function_apps[1]", 4),
        ("function_apps[2].port", 5),
    ]


def test_numbers_that_are_meant_as_text_are_text() -> None:
    document = parse_spec(
        _SMALL + "runtime: {version: 3.12}\n"
        "environment: [{name: LEVEL, default: 10}, {name: ON, default: true}, {name: NOT}]\n",
        today=_TODAY,
    )

    assert document.spec.runtime.version == "3.12"
    assert [item.default for item in document.spec.environment] == ["10", "true", ""]


def test_json_is_read_too() -> None:
    spec = parse_spec('{"project_name": "small", "function_apps": ["api"]}', today=_TODAY).spec

    assert spec == parse_spec(_SMALL, today=_TODAY).spec


def test_the_document_keeps_the_text_and_completes_the_storage() -> None:
    text = "# mine\nproject_name: small\nfunction_apps: [{name: api, triggers: [queue, blob]}]\n"
    document = parse_spec(text.encode(), today=_TODAY)

    assert document.text == text
    assert [item.name for item in document.spec.storage.queues] == ["tasks"]
    assert [item.name for item in document.spec.storage.blob_containers] == ["uploads"]


def test_a_runtime_near_its_end_is_a_warning() -> None:
    document = parse_spec(_SMALL, today=date(2027, 11, 1))

    (warning,) = document.warnings
    assert warning.severity is Severity.WARNING
    assert warning.message == ("Python 3.11 ended on 2027-10-31: it gets no more security fixes")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\x7fELF\x02\x01\x01\x00", "not text: the character U+007F"),
        (b"project_name: \xff\xfe", "not UTF-8 text: byte 0xff"),
        ("project_name: small".encode("utf-16"), "not UTF-8 text: byte 0xff"),
        (b"- a list", "a spec is a mapping of fields, such as project_name: my-project"),
        (b"just text", "a spec is a mapping of fields, such as project_name: my-project"),
        (b"a" * 2_000_000, "is larger than 256 KiB"),
        (b"a: " + b"[" * 5000, "nested deeper than 24 levels"),
    ],
)
def test_a_file_that_is_no_spec_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "funcyard.yaml"
    path.write_bytes(content)

    with pytest.raises(SpecError) as caught:
        read_spec(path, root=tmp_path, today=_TODAY)

    assert caught.value.findings[0].message == message


def test_a_byte_order_mark_and_windows_line_ends_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + _SMALL.replace("\n", "\r\n").encode())

    assert read_spec(path, today=_TODAY).spec.project_name == "small"


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    fifo, loop = tmp_path / "fifo", tmp_path / "loop"
    os.mkfifo(fifo)
    loop.symlink_to(loop)

    messages = []
    for path in (tmp_path, fifo, loop, tmp_path / "missing"):
        with pytest.raises(SpecError) as caught:
            read_spec(path, today=_TODAY)
        messages.append(caught.value.findings[0].message)

    assert messages == [
        "cannot be read: Is a directory",
        "cannot be read: it is not a regular file",
        "cannot be read: Too many levels of symbolic links",
        "cannot be read: No such file or directory",
    ]


def test_a_link_that_leaves_the_project_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(_SMALL)
    project = tmp_path / "project"
    project.mkdir()
    (project / "funcyard.yaml").symlink_to(outside)

    with pytest.raises(SpecError) as caught:
        read_spec(project / "funcyard.yaml", root=project, today=_TODAY)

    assert caught.value.message == "funcyard.yaml: is a symbolic link that leaves the project"


def test_local_packages_are_looked_for_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "pyproject.toml").touch()
    (tmp_path / "bare").mkdir()
    (tmp_path / "away").symlink_to(tmp_path.parent)
    packages = ", ".join(f"{{name: {n}, path: ./{n}}}" for n in ("there", "bare", "away", "gone"))
    text = _SMALL + f"local_packages: [{packages}]\n"

    assert [(path, message) for path, _, _, message in _faults(text, root=tmp_path)] == [
        ("local_packages[1].path", "'./bare' has no pyproject.toml"),
        ("local_packages[2].path", "'./away' is a symbolic link that leaves the project"),
        ("local_packages[3].path", "there is no folder './gone' in the project"),
    ]
    assert parse_spec(text, today=_TODAY).warnings == ()


def test_a_folder_that_no_file_system_takes_is_not_there(tmp_path: Path) -> None:
    name = "x" * 300
    text = _SMALL + f"local_packages: [{{name: shared, path: ./{name}}}]\n"

    ((_, _, _, message),) = _faults(text, root=tmp_path)

    assert message == f"there is no folder './{name}' in the project"


def _package(folder: Path, pyproject: str) -> None:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(pyproject)


@pytest.mark.parametrize(
    "pyproject", ["[project]\nname = 'pricing'\n", "[tool.poetry]\nname = 'pricing'\n"]
)
@pytest.mark.parametrize("certain", [True, False])
def test_a_package_whose_own_name_is_another_is_a_warning_at_its_place(
    tmp_path: Path, pyproject: str, *, certain: bool
) -> None:
    _package(tmp_path / "shared", pyproject)
    text = _SMALL + "local_packages: [{name: shared, path: ./shared}]\n"

    [warning] = parse_spec(text, target=Target(tmp_path, certain=certain), today=_TODAY).warnings

    assert (warning.path, warning.severity) == ("local_packages[0].name", Severity.WARNING)
    assert (warning.line, warning.column) == (text.count("\n"), 25)
    assert warning.message == (
        "'./shared' is installed as 'pricing', the name in its pyproject.toml"
    )
    assert warning.hint == "write name: pricing"


@pytest.mark.parametrize(
    "pyproject",
    [
        "[project]\nname = 'data.utils'\n",
        "[project]\nname = 'Data_Utils'\n[tool.poetry]\nname = 'other'\n",
        "[build-system]\nrequires = ['setuptools']\n",
        "project = 1\ntool = []\n",
    ],
)
def test_a_package_whose_own_name_means_the_same_is_sound(tmp_path: Path, pyproject: str) -> None:
    _package(tmp_path / "data-utils", pyproject)
    text = _SMALL + "local_packages: [{name: data-utils, path: ./data-utils}]\n"

    assert parse_spec(text, root=tmp_path, today=_TODAY).warnings == ()


def test_packages_that_cannot_be_built_or_would_replace_others_are_faults(tmp_path: Path) -> None:
    _package(tmp_path / "one", "[project]\nname = 'one'\n")
    _package(tmp_path / "two", "[project]\nname = 'one'\n")
    _package(tmp_path / "three", "[project]\nname = 'azure_functions'\n")
    _package(tmp_path / "four", "[project\n")
    _package(tmp_path / "five", "a = " + "[" * 100_000)
    names = ("one", "two", "three", "four", "five")
    packages = ", ".join(f"{{name: {n}, path: ./{n}}}" for n in names)
    text = _SMALL + f"azure_cli: perhaps\nlocal_packages: [{packages}]\n"

    found = [(path, message) for path, _, _, message in _faults(text, root=tmp_path)]

    assert [path for path, _ in found] == [
        "azure_cli",
        "local_packages[1].path",
        "local_packages[2].name",
        "local_packages[3].path",
        "local_packages[4].path",
    ]
    two, three, four = (message for _, message in found[1:4])
    assert two == "'./two' is installed as 'one', and so is './one'"
    assert three.startswith("'./three' is installed as 'azure_functions', the name in its pyproj")
    assert three.endswith(": a published package's name")
    assert four.startswith("the pyproject.toml of './four' cannot be read: Expected ']'")


def test_busy_ports_are_warnings_of_their_own() -> None:
    document = parse_spec("project_name: two\nfunction_apps: [{name: a1, port: 7071}, b1]\n",
                          today=_TODAY)  # fmt: skip

    (warning,) = busy_ports(document, busy=lambda port: port == 7071)

    assert warning.as_text(document.name) == (
        "funcyard.yaml:2:34: function_apps[0].port: port 7071 is busy now "
        "(funcyard up takes a free one)"
    )


def test_messages_cannot_steer_a_terminal() -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(_SMALL + '"\\e[31m\\u202Ex": 1\n', today=_TODAY)

    assert caught.value.message.startswith("funcyard.yaml:3:1: \\x1b[31m\\u202ex: unknown field")


def _outcome(content: bytes) -> SpecDocument | SpecError:
    try:
        return parse_spec(content, today=_TODAY)
    except SpecError as error:
        return error


@given(
    st.binary(max_size=400)
    | st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_give_a_spec_or_an_error_for_people(content: bytes) -> None:
    outcome = _outcome(content)

    if isinstance(outcome, SpecError):
        assert outcome.findings
        assert outcome.message.encode("utf-8", "replace")


_TREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [*Spec.model_fields, "name", "port", "triggers", "type", "path", "queue", "version"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(Spec.model_fields, _TREE)))
def test_any_values_in_the_fields_give_a_spec_or_an_error_for_people(
    values: dict[str, object],
) -> None:
    outcome = _outcome(to_json(values).encode("utf-8", "replace"))

    if isinstance(outcome, SpecError):
        assert all(item.line and item.column for item in outcome.findings)


@given(st.data())
def test_a_sound_spec_with_bytes_changed_gives_a_spec_or_an_error(data: st.DataObject) -> None:
    content = bytearray((_BLUEPRINTS / "data-pipeline" / "spec.yaml").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))

    _outcome(bytes(content))


@pytest.mark.parametrize("port", [70000, 0, -1, 10**30])
def test_a_port_that_is_none_is_never_asked_of_the_machine(port: int) -> None:
    text = f"project_name: small\nfunction_apps: [{{name: api, port: {port}}}]\n"

    with pytest.raises(SpecError, match="is not between 1024 and 65535"):
        parse_spec(text, today=_TODAY, busy=is_busy)


def test_a_port_is_a_number_and_no_truth_value() -> None:
    text = "project_name: small\nfunction_apps: [{name: api, port: true}]\n"

    with pytest.raises(SpecError, match="port: expected a whole number, found 'true'"):
        parse_spec(text, today=_TODAY)


def test_packages_of_a_new_project_are_among_the_other_faults(tmp_path: Path) -> None:
    text = _SMALL + "azure_cli: perhaps\nlocal_packages: [{name: shared, path: ./shared}]\n"

    with pytest.raises(SpecError) as told:
        parse_spec(text, target=Target(tmp_path / "absent"), today=_TODAY)

    found = [(fault.path, fault.line, fault.column) for fault in told.value.findings]
    line = text.count("\n")
    assert found == [("azure_cli", line - 1, 12), ("local_packages[0].path", line, 39)]


def test_packages_that_the_blueprint_brings_are_not_missed(tmp_path: Path) -> None:
    text = blueprint("data-pipeline").spec_text

    assert parse_spec(text, target=Target(tmp_path), today=_TODAY).warnings == ()
    with pytest.raises(SpecError, match=r"no folder .*data-utils.* in the project"):
        parse_spec(text, root=tmp_path, today=_TODAY)


def test_a_package_that_is_not_beside_a_spec_is_a_warning(tmp_path: Path) -> None:
    text = _SMALL + "local_packages: [{name: shared, path: ./shared}]\n"

    document = parse_spec(text, target=Target(tmp_path, certain=False), today=_TODAY)

    [warning] = document.warnings
    assert (warning.path, warning.severity) == ("local_packages[0].path", Severity.WARNING)
    assert warning.line == text.count("\n")
    assert warning.hint == "it has to be in the folder of the new project"
