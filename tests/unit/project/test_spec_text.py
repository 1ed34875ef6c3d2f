from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.project.reading import SpecError, parse_spec
from funcyard.project.rules import complete
from funcyard.project.spec import FunctionApp, Spec, StorageItem, Table
from funcyard.project.spec_text import (
    SpecEditError,
    add_app,
    add_storage,
    remove_app,
    set_value,
    to_yaml,
)
from funcyard.project.spec_text.emitting import block, scalar
from funcyard.project.yaml_tree import read_yaml

_TODAY = date(2026, 11, 20)
_BLUEPRINTS = Path(__file__).parents[3] / "src" / "funcyard" / "project" / "blueprints"
_PIPELINE = (_BLUEPRINTS / "data-pipeline" / "spec.yaml").read_text("utf-8")
_APP = FunctionApp.model_validate(
    {"name": "reports", "port": 7080, "purpose": "Count: rows", "triggers": ["http", "timer"]}
)
_MINE = """\
# My project.
project_name: 'mine'   # quoted, and why not
runtime: {name: python, version: "3.11"}  # in braces


function_apps:
# before the first
- name: one
  port: 7071 # the usual
  triggers: [http]

  # before the second
- name: two
  triggers:
      - type: timer
        schedule: >-
          0 */5 *
          * * *
# after the last
environment:  # nothing yet
storage: {queues: []}
# the end
"""


def _added(before: str, after: str) -> str:
    """Return what was put in, where nothing else was changed."""
    more = len(after) - len(before)
    starts = [
        start for start in range(len(before) + 1) if after[:start] + after[start + more :] == before
    ]
    assert starts, "something else was changed"
    start = next((at for at in starts if before[:at].endswith("\n")), starts[-1])
    return after[start : start + more]


def test_a_spec_is_written_in_sections_with_comments() -> None:
    spec = Spec.model_validate(
        {
            "project_name": "small",
            "function_apps": [{"name": "api", "triggers": [{"type": "http", "methods": ["GET"]}]}],
            "environment": [{"name": "LEVEL", "default": "10", "description": "How: much"}],
            "azure_cli": True,
        }
    )
    text = to_yaml(spec, header=["Mine.", ""], schema=".funcyard/funcyard.schema.json")

    assert (
        text
        == """\
# yaml-language-server: $schema=.funcyard/funcyard.schema.json
# Mine.
#
project_name: small

runtime:
  name: python
  version: "3.11"
programming_model: v2
dependency_manager: pip

# Each app has a folder in functions/ and a port on this machine.
function_apps:
  - name: api
    port: 7071
    triggers:
      - type: http
        name: api
        methods: [GET]

# Settings that every app receives; secrets belong in .env.local.
environment:
  - name: LEVEL
    default: "10"
    description: "How: much"

# In the containers only.
azure_cli: true
"""
    )


@pytest.mark.parametrize("name", ["data-pipeline", "simple-api"])
def test_a_written_spec_reads_as_the_same_spec(name: str) -> None:
    spec = parse_spec((_BLUEPRINTS / name / "spec.yaml").read_bytes(), today=_TODAY).spec

    assert parse_spec(to_yaml(spec), today=_TODAY).spec == spec


_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LINE = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=_REORDERING),
    max_size=30,
)
_NAME = st.from_regex(r"[a-z][a-z0-9]{1,9}(-[a-z0-9]{1,5})?", fullmatch=True)
_SPECS = st.fixed_dictionaries(
    {
        "project_name": _NAME,
        "function_apps": st.lists(
            st.fixed_dictionaries(
                {
                    "name": _NAME.filter(lambda name: name not in {"azurite", "scripts"}),
                    "purpose": _LINE,
                    "triggers": st.lists(
                        st.sampled_from(["http", "timer", "queue", "blob"]), min_size=1, max_size=3
                    ),
                }
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda app: str(app["name"]).replace("-", "_"),
        ),
        "dependency_manager": st.sampled_from(["pip", "poetry", "uv"]),
        "azure_cli": st.booleans(),
        "storage": st.fixed_dictionaries(
            {
                "tables": st.lists(
                    st.fixed_dictionaries({"name": st.just("Log"), "description": _LINE}),
                    max_size=1,
                )
            }
        ),
        "environment": st.lists(
            st.fixed_dictionaries(
                {"name": st.just("LEVEL"), "default": _LINE, "description": _LINE}
            ),
            max_size=1,
        ),
        "reasons": st.dictionaries(st.sampled_from(["azure_cli", "runtime"]), _LINE),
    }
)


@given(_SPECS, st.lists(_LINE, max_size=2))
def test_any_spec_reads_back_as_it_was_written(data: dict[str, Any], header: list[str]) -> None:
    spec = complete(Spec.model_validate(data))

    text = to_yaml(spec, header=header)

    assert parse_spec(text, today=_TODAY).spec == spec
    assert to_yaml(spec, header=header) == text


_VALUES = st.recursive(
    st.booleans() | st.integers(-(10**6), 10**6) | _LINE | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_LINE, inner, max_size=3),
    max_leaves=8,
)


@given(_VALUES)
def test_any_value_reads_back_as_it_was_emitted(value: object) -> None:
    lines = block({"key": value})

    assert read_yaml("\n".join(lines)).data() == {"key": value}


def test_an_app_is_added_behind_the_last_and_nothing_else_changes() -> None:
    assert (
        _added(_PIPELINE, add_app(_PIPELINE, _APP))
        == """\
  - name: reports
    port: 7080
    purpose: "Count: rows"
    triggers:
      - type: http
        name: reports
      - type: timer
        name: reports_timer
        schedule: "0 */5 * * * *"
"""
    )
    added = add_app(_MINE, _APP)
    assert "          * * *\n- name: reports\n  port: 7080\n" in added
    assert added.endswith("# after the last" + _MINE.split("# after the last")[1])


def test_storage_is_added_where_it_belongs() -> None:
    item = StorageItem(name="more", description="More of it")
    expected = "    - name: more\n      description: More of it\n"

    assert _added(_PIPELINE, add_storage(_PIPELINE, "queues", item)) == expected
    table = Table(name="Log", fields=("one", "two"))
    assert _added(_MINE, add_storage(_MINE, "tables", table)) == (
        ", tables: [{name: Log, fields: [one, two]}]"
    )
    assert _added(_MINE, add_storage(_MINE, "queues", StorageItem(name="more"))) == "{name: more}"
    bare = "project_name: bare\nfunction_apps: [api]"
    assert add_storage(bare, "queues", item) == (f"{bare}\n\nstorage:\n  queues:\n{expected}")


def test_an_app_is_removed_with_its_lines_only() -> None:
    assert remove_app(_PIPELINE, "processor") == re.sub(
        r"  - name: processor\n(?:    .*\n)+", "", _PIPELINE
    )
    removed = remove_app(_MINE, "one")
    assert "# before the first\n\n  # before the second\n- name: two\n" in removed
    assert remove_app(_MINE, "two").endswith("# before the second\n# after the last"
                                             + _MINE.split("# after the last")[1])  # fmt: skip


def test_values_are_set_in_place() -> None:
    assert set_value(_MINE, ("project_name",), "yours") == _MINE.replace("'mine'", '"yours"')
    assert set_value(_MINE, ("runtime", "version"), "3.13") == _MINE.replace("3.11", "3.13")
    assert set_value(_MINE, ("function_apps", 0, "port"), 80) == _MINE.replace("7071", "80")
    assert _added(_MINE, set_value(_MINE, ("function_apps", 0, "purpose"), "x: y")) == (
        '  purpose: "x: y"\n'
    )
    assert _added(_MINE, set_value(_MINE, ("environment",), [{"name": "A"}])) == "  - name: A\n"
    assert _added(_MINE, set_value(_MINE, ("reasons", "azure_cli"), "so")) == (
        "\nreasons:\n  azure_cli: so\n"
    )
    folded = set_value(_MINE, ("function_apps", 1, "triggers", 0, "schedule"), "0 0 0 * * *")
    assert '        schedule: "0 0 0 * * *"\n# after the last' in folded


def test_a_spec_in_json_stays_json() -> None:
    text = json.dumps({"project_name": "small", "function_apps": [{"name": "api"}]}, indent=2)

    text = add_app(text, _APP)
    text = add_storage(text, "queues", StorageItem(name="more"))
    text = set_value(text, ("runtime",), {"version": "3.12"})
    text = remove_app(text, "api")

    assert [app["name"] for app in json.loads(text)["function_apps"]] == ["reports"]
    assert json.loads(text)["storage"] == {"queues": [{"name": "more"}]}


def test_windows_line_ends_stay() -> None:
    text = add_app(_PIPELINE.replace("\n", "\r\n"), _APP)

    assert text.replace("\r\n", "").count("\n") == 0
    assert text.replace("\r\n", "\n") == add_app(_PIPELINE, _APP)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda: add_app(_PIPELINE, FunctionApp(name="loader", port=1, triggers=())),
         "funcyard.yaml already has an app 'loader'"),
        (lambda: remove_app(_PIPELINE, "nobody"), "funcyard.yaml has no app 'nobody'"),
        (lambda: remove_app("function_apps: [api]", "api"), "'api' is the only app"),
        (lambda: add_storage(_PIPELINE, "queues", StorageItem(name="processing-queue")),
         "funcyard.yaml already declares 'processing-queue'"),
        (lambda: set_value(_PIPELINE, ("function_apps", 9, "port"), 1),
         "function_apps[9].port is not in funcyard.yaml"),
        (lambda: remove_app("function_apps:\n  - &a {name: one}\n  - *a", "one"),
         "the layout of the spec cannot be edited"),
    ],
)  # fmt: skip
def test_what_cannot_be_edited_is_said(edit: Any, message: str) -> None:  # noqa: ANN401 - a call
    with pytest.raises(SpecEditError) as caught:
        edit()

    assert caught.value.message == message


def test_an_edit_that_would_change_more_than_was_meant_is_not_made() -> None:
    text = 'runtime: &shared {version: "3.11"}\nreasons: *shared\n'

    with pytest.raises(SpecEditError) as caught:
        set_value(text, ("runtime", "version"), "3.12")
    assert caught.value.hint == 'write runtime.version: "3.12" in funcyard.yaml by hand'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Plain text, with (marks)", "Plain text, with (marks)"),
        ("queued/{name}", "queued/{name}"),
        ("~/.azure", "~/.azure"),
        ("true", '"true"'),
        ("No", '"No"'),
        ("null", '"null"'),
        ("3.10", '"3.10"'),
        (".5", '".5"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("- a", '"- a"'),
        ("", '""'),
        ("\x7f\u2028", '"\\u007f\\u2028"'),
        ("größe", '"größe"'),
        (7071, "7071"),
        (True, "true"),
        (None, "null"),
    ],
)
def test_text_has_quotes_where_it_could_be_taken_for_something_else(
    value: object, text: str
) -> None:
    assert scalar(value) == text


def test_a_text_that_is_not_yaml_is_not_edited() -> None:
    with pytest.raises(SpecError):
        add_app("a: b: c", _APP)


@given(st.data())
def test_comments_and_unrelated_values_survive_every_edit(data: st.DataObject) -> None:
    lines = _PIPELINE.splitlines()
    for number in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines)))
        lines.insert(at, " " * data.draw(st.integers(0, 8)) + f"# note {number}")
        on = data.draw(st.integers(0, len(lines) - 1))
        lines[on] += f"  # beside {number}" if lines[on].strip() else ""
    text = "\n".join(lines) + data.draw(st.sampled_from(["", "\n", "\n\n# end\n"]))
    before: Any = read_yaml(text).data()
    edit = data.draw(st.sampled_from(["app", "storage", "value", "new value"]))

    if edit == "app":
        after, changed = add_app(text, _APP), "function_apps"
    elif edit == "storage":
        after, changed = add_storage(text, "queues", StorageItem(name="more")), "storage"
    elif edit == "value":
        after, changed = set_value(text, ("runtime", "version"), "3.13"), "runtime"
    else:
        after, changed = set_value(text, ("reasons", "runtime"), "new"), "reasons"

    comments = re.findall(r"# (?:note|beside) \d", text)
    assert re.findall(r"# (?:note|beside) \d", after) == comments
    result: Any = read_yaml(after).data()
    assert {key: value for key, value in result.items() if key != changed} == {
        key: value for key, value in before.items() if key != changed
    }
    assert result[changed] != before[changed]


@given(st.data())
def test_comments_around_an_app_survive_its_removal(data: st.DataObject) -> None:
    lines = _PIPELINE.splitlines()
    start = lines.index("  - name: processor")
    end = lines.index("  - name: loader")
    places = [*range(start + 1), *range(end, len(lines))]
    notes = sorted(data.draw(st.lists(st.sampled_from(places), max_size=6)), reverse=True)
    for number, at in enumerate(notes):
        lines.insert(at, f"  # note {number}")
    text = "\n".join(lines) + "\n"

    after = remove_app(text, "processor")

    assert re.findall(r"# note \d", after) == re.findall(r"# note \d", text)
    assert [app.name for app in parse_spec(after, today=_TODAY).spec.function_apps] == [
        "orchestrator",
        "loader",
    ]
