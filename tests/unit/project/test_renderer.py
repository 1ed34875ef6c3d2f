"""What a spec becomes: the same bytes each time, inside the project, hostile text harmless."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import starlark as sl
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from funcyard.project.catalog import Blueprint, blueprint, blueprints
from funcyard.project.files import GeneratedFile, Ownership
from funcyard.project.layout import TEMPLATE_VERSIONS, TEMPLATES
from funcyard.project.renderer import Inputs, UnsafeNameError, render
from funcyard.project.spec import Spec
from funcyard.project.tree import UnsafePathError

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
INPUTS = Inputs(key="a2V5", now=NOW)
HOSTILE = [
    'a"; import os; os.system("x") #',
    '"""\nimport os\n"""',
    "x\nRUN curl evil | sh\n",
    "'; rm -rf / ; '",
    "$(touch /tmp/x) `id` ${HOME} $$",
    "\n- evil: true\nservices: {}\n",
    "END\nrm -rf /\n",
    "*/ alert(1) //",
    "{{ key }} {% include 'x' %}",
    "\\",
    "\\\nRUN x",
    "\u2028\u202e\x00\x1b[31m",
    "'''\\'''",
    "${AZURITE_ACCOUNT_KEY:?x}",
    "%(x)s %s {0}",
]
text = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"])))


def spec(**given: Any) -> Spec:  # noqa: ANN401 - any field of a spec
    app = {"name": "my-app", "port": 7071, "triggers": [{"type": "http", "name": "hello"}]}
    return Spec.model_validate({"project_name": "demo", "function_apps": [app], **given})


def files(given: Spec, inputs: Inputs = INPUTS) -> dict[str, GeneratedFile]:
    return {file.path: file for file in render(given, inputs)}


def described(value: str) -> Spec:
    """Return a spec that says ``value`` wherever a spec takes free text."""
    triggers = [
        {"type": "http", "name": "hello"},
        {"type": "timer", "name": "tick", "schedule": value},
        {"type": "queue", "name": "take", "queue": value},
        {"type": "blob", "name": "read", "path": value},
    ]
    return spec(
        dependency_manager="poetry",
        function_apps=[{"name": "my-app", "port": 7071, "triggers": triggers, "purpose": value}],
        storage={
            "blob_containers": [{"name": "raw", "description": value}],
            "queues": [{"name": "tasks", "description": value}],
            "tables": [{"name": "Audit", "description": value}],
        },
        local_packages=[{"name": "data-utils", "path": "./data-utils", "purpose": value}],
        environment=[{"name": "SETTING", "default": value, "description": value}],
        volumes=[{"source": value, "target": value}],
        system_packages=[value],
        reasons={"azure_cli": value},
    )


def code(content: str) -> list[str]:
    """Return the lines that are no comments."""
    return [line for line in content.split("\n") if not line.lstrip().startswith("#")]


@settings(max_examples=60, deadline=None)
@given(text)
def test_hostile_text_stays_text(value: str) -> None:
    made = files(described(value))
    benign = files(described("benign"))
    assert made.keys() == benign.keys()
    stripped = described(value).function_apps[0].purpose

    for path in (p for p in made if p.endswith(".py")):
        module = ast.parse(made[path].content)
        names = [getattr(node, "name", None) for node in module.body]
        other = ast.parse(benign[path].content)
        assert names == [getattr(node, "name", None) for node in other.body]
    for path in (p for p in made if p.endswith(".json")):
        assert json.loads(made[path].content).keys() == json.loads(benign[path].content).keys()
    pyproject = tomllib.loads(made["functions/my-app/pyproject.toml"].content.decode())
    assert pyproject["project"]["description"] == stripped

    compose = YAML(typ="safe", pure=True).load(made[".docker/docker-compose.dev.yml"].content)
    assert list(compose["services"]) == ["azurite", "my-app"]
    (volume,) = compose["services"]["my-app"]["volumes"]
    assert volume.replace("$$", "$").removesuffix(":ro").endswith(f":{stripped}")
    settings_ = made["functions/my-app/local.settings.json"].content
    assert json.loads(settings_)["Values"]["SETTING"] == stripped

    sl.parse("Tiltfile", made["Tiltfile"].content.decode())
    for path in (".docker/scripts/init_azurite.sh", ".dockerignore", "Makefile", "Tiltfile"):
        assert code(made[path].content.decode()) == code(benign[path].content.decode())
    for path in (".env.local", ".env.local.template"):
        lines, others = (
            [line for line in code(each[path].content.decode()) if not line.startswith("SETTING=")]
            for each in (made, benign)
        )
        assert lines == others
    instructions = re.compile(r"^[A-Z]+ ", re.MULTILINE)
    dockerfile = ".docker/my-app/Dockerfile"
    assert instructions.findall(made[dockerfile].content.decode()) == instructions.findall(
        benign[dockerfile].content.decode()
    )


@pytest.mark.parametrize("name", ["../up", "a/b", "", "a b", "a\nb", "..", "-x", "x;y"])
def test_a_name_that_leaves_its_place_is_refused(name: str) -> None:
    app = {"name": name, "port": 7071, "triggers": []}
    package = {"name": name, "path": "x"}
    hostile = [
        spec().model_copy(update={"project_name": name}),
        spec(function_apps=[app]),
        spec(local_packages=[package]),
    ]
    for given_spec in hostile:
        with pytest.raises(UnsafeNameError):
            render(given_spec, INPUTS)


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a//b", "", ".git/hooks/x"])
def test_a_blueprints_path_that_leaves_the_project_is_refused(path: str) -> None:
    origin = Blueprint("evil", "Evil", "", files=((path, b"", 0o644),))
    with pytest.raises(UnsafePathError):
        render(spec(), replace(INPUTS, blueprint=origin))


def test_equal_inputs_give_equal_bytes() -> None:
    assert render(spec(), INPUTS) == render(spec(), INPUTS)


def test_files_come_sorted_and_once() -> None:
    paths = [file.path for file in render(spec(), INPUTS)]
    assert paths == sorted(set(paths))


def test_only_the_local_environment_depends_on_key_and_clock() -> None:
    one = files(spec())
    other = files(spec(), Inputs(key="b3RoZXI=", now=datetime(2030, 1, 1, tzinfo=UTC)))
    assert [path for path in one if one[path] != other[path]] == [".env.local"]


def test_text_files_end_in_one_newline_and_have_no_trailing_blanks() -> None:
    for name in ("data-pipeline", "simple-api"):
        origin = blueprint(name)
        given_spec = Spec.model_validate(YAML(typ="safe", pure=True).load(origin.spec_text))
        for file in render(given_spec, replace(INPUTS, blueprint=origin)):
            if file.template in TEMPLATE_VERSIONS:
                content = file.content.decode()
                assert content.endswith("\n"), file.path
                assert not content.endswith("\n\n"), file.path
                assert not re.search(r"[ \t]$", content, re.MULTILINE), file.path
                assert "\n\n\n\n" not in content, file.path


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("pip", {"requirements.txt"}),
        ("poetry", {"poetry.lock", "pyproject.toml"}),
        ("uv", {"pyproject.toml", "requirements.txt"}),
    ],
)
def test_each_manager_has_its_own_files(manager: str, expected: set[str]) -> None:
    made = files(spec(dependency_manager=manager))
    names = {"requirements.txt", "poetry.lock", "pyproject.toml"}
    assert {name for name in names if f"functions/my-app/{name}" in made} == expected


@pytest.mark.parametrize(
    ("manager", "tools"),
    [("pip", ""), ("poetry", " poetry==2.5.1 poetry-plugin-export==1.10.1"), ("uv", " uv")],
)
def test_the_development_container_has_the_dependency_manager(manager: str, tools: str) -> None:
    made = files(spec(dependency_manager=manager))
    container = json.loads(made[".devcontainer/devcontainer.json"].content)
    assert container["postCreateCommand"] == (
        f"python -m pip install --requirement requirements-dev.txt{tools}"
    )
    assert "development container" in made["README.md"].content.decode()


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_each_python_has_its_base_image(version: str) -> None:
    made = files(spec(runtime={"name": "python", "version": version}))
    image = f"mcr.microsoft.com/azure-functions/python:4-python{version}"
    assert f"ARG BASE_IMAGE={image}\n" in made[".docker/my-app/Dockerfile"].content.decode()
    assert image in made[".docker/docker-compose.dev.yml"].content.decode()
    assert f"python:{version}-" in made[".devcontainer/devcontainer.json"].content.decode()
    assert f'python-version: "{version}"' in made[".github/workflows/ci.yml"].content.decode()


def test_code_and_locks_are_seeded_and_the_rest_is_managed() -> None:
    made = files(spec(dependency_manager="poetry"))
    seeded = {path for path, file in made.items() if file.ownership is Ownership.SEEDED}
    assert seeded == {
        ".env.local",
        "functions/my-app/function_app.py",
        "functions/my-app/local.settings.json",
        "functions/my-app/poetry.lock",
        "functions/my-app/pyproject.toml",
        "functions/my-app/tests/test_function_app.py",
    }


def test_every_template_is_used_and_has_a_version() -> None:
    sources = {
        path.relative_to(TEMPLATES).as_posix().removesuffix(".j2")
        for path in TEMPLATES.rglob("*.j2")
    }
    assert sources == {name for name, version in TEMPLATE_VERSIONS.items() if version != "1"}


def test_a_blueprint_lays_its_files_over_the_scaffold() -> None:
    origin = Blueprint(
        "own",
        "Own",
        "",
        files=(
            ("functions/my-app/function_app.py", b"app = 1\n", 0o644),
            ("functions/gone/function_app.py", b"", 0o644),
            ("tools/run.sh", b"#!/bin/sh\n", 0o755),
            ("notes.md.j2", b"{{ project.name }} {{ key }}\n", 0o644),
        ),
    )
    made = files(spec(), replace(INPUTS, blueprint=origin))
    assert made["functions/my-app/function_app.py"].content == b"app = 1\n"
    assert made["functions/my-app/function_app.py"].ownership is Ownership.SEEDED
    assert "functions/my-app/tests/test_function_app.py" not in made
    assert "functions/gone/function_app.py" not in made
    assert made["tools/run.sh"].mode == 0o755
    assert made["notes.md"].content == b"demo None\n"


def test_every_blueprint_of_the_catalogue_renders() -> None:
    for origin in blueprints():
        given_spec = Spec.model_validate(YAML(typ="safe", pure=True).load(origin.spec_text))
        made = files(given_spec, replace(INPUTS, blueprint=origin))
        assert all(path in made for path, _, _ in origin.files if not path.endswith(".j2"))
        assert given_spec.blueprint == origin.name


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("functions/my-app/helper.py", "Function Apps"),
        ("libs/my-lib/pyproject.toml", "Local Packages"),
        ("sample-data/rows.csv", "Sample Data"),
        ("notes.txt", "Development Tools"),
        ("README.md", "Documentation"),
        ("Tiltfile", "Tilt"),
    ],
)
def test_a_blueprints_file_stands_in_the_group_of_what_it_is(path: str, group: str) -> None:
    origin = Blueprint("mine", "", "", files=((path, b"x\n", 0o644),))
    given_spec = spec(local_packages=[{"name": "my-lib", "path": "./libs/my-lib"}])
    assert files(given_spec, replace(INPUTS, blueprint=origin))[path].group == group


def test_documentation_is_only_what_is_read() -> None:
    for origin in blueprints():
        given_spec = Spec.model_validate(YAML(typ="safe", pure=True).load(origin.spec_text))
        made = files(given_spec, replace(INPUTS, blueprint=origin))
        grouped = [path for path, file in made.items() if file.group == "Documentation"]
        assert grouped == ["README.md"]


def test_the_readme_calls_every_http_function_with_its_example() -> None:
    app = {
        "name": "my-app",
        "port": 7071,
        "triggers": [
            {"type": "http", "name": "load", "methods": ["POST"], "example": {"filename": "a.csv"}},
            {"type": "http", "name": "get", "methods": ["GET"], "route": "get/{filename}"},
        ],
    }
    readme = files(spec(function_apps=[app]))["README.md"].content.decode()
    assert (
        "curl -X POST http://127.0.0.1:7071/api/load"
        """ -H "Content-Type: application/json" -d '{"filename": "a.csv"}'\n"""
        "curl http://127.0.0.1:7071/api/get/FILENAME\n"
    ) in readme


def test_the_readme_says_what_the_entities_of_a_table_have() -> None:
    tables = [
        {"name": "AuditLog", "partition_key": "file|name", "fields": ["status", "rows"]},
        "Plain",
    ]
    readme = files(spec(storage={"tables": tables}))["README.md"].content.decode()
    assert "| `AuditLog` | file\\|name |  | `status`, `rows` |\n" in readme
    assert "\n| `Plain` |" not in readme


def test_the_readme_has_no_table_where_there_is_no_storage() -> None:
    readme = files(spec())["README.md"].content.decode()
    assert "| kind | name |" not in readme
    assert "What an entity has" not in readme
