from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from funcyard.project.questions import QUESTIONS, ask
from funcyard.project.reading import SpecError, parse_spec
from funcyard.project.spec import Spec
from funcyard.project.spec_text import to_yaml
from funcyard.project.starting_storage import default_storage

if TYPE_CHECKING:
    from collections.abc import Sequence

_TODAY = date(2026, 11, 20)


@dataclass
class _Person:
    """Answers questions by how they begin, once each, and takes the default otherwise."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def prompt(self, text: str, *, default: str) -> str:
        self.asked.append((text, default))
        return self._next(text, default)

    def confirm(self, text: str, *, default: bool) -> bool:
        self.asked.append((text, "yes" if default else "no"))
        return self._next(text, "yes" if default else "no") == "yes"

    def choose(self, text: str, options: Sequence[str], *, default: str) -> str:
        self.asked.append((text, default))
        answer = self._next(text, default)
        assert answer in options
        return answer

    def say(self, text: str) -> None:
        self.told.append(text)

    def _next(self, text: str, default: str) -> str:
        for start, answers in self.answers.items():
            if text.startswith(start) and answers:
                return answers.pop(0)
        return default


def _ask(person: _Person, defaults: dict[str, Any] | None = None, **stated: Any) -> Spec:  # noqa: ANN401 - any field
    return ask(person, defaults=defaults or {}, stated=stated, today=_TODAY)


def _said(person: _Person) -> list[str]:
    return [line for line in person.told if "\n" not in line]


def test_whoever_takes_every_default_gets_a_small_sound_project() -> None:
    person = _Person()

    spec = _ask(person, {"project_name": "my-repo"})

    assert (
        to_yaml(spec)
        == """\
project_name: my-repo

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

# What the storage emulator holds; what a trigger names is there in any case.
storage:
  blob_containers:
    - name: data
      description: Files of the application
  tables:
    - name: AuditLog
      description: What happened, and when
"""
    )
    assert [text for text, _ in person.asked] == [
        "Project name",
        "Programming model",
        "Python version",
        "Dependency manager",
        "How many function apps",
        "App 1: name",
        "App 1: port on this machine",
        "App 1: triggers, parted by ; (http, timer, queue, blob; details as in queue:tasks)",
        "App 1: purpose",
        "Blob containers (by name, - for none)",
        "data: what lies in it",
        "Queues (by name, - for none)",
        "Tables (by name, - for none)",
        "AuditLog: what lies in it",
        "Is there a local package that the apps share",
        "Is there an environment variable of your own",
        "Debian packages in the containers (by name, - for none)",
        "Azure CLI in the containers",
        "Do the containers see a folder of this machine",
        "Generate this project",
    ]
    assert person.told == [to_yaml(spec)]


def test_answers_give_the_spec_that_a_file_with_them_would() -> None:
    person = _Person(
        {
            "Project name": ["my-data-pipeline"],
            "Python version": ["3.13"],
            "Dependency manager": ["poetry"],
            "How many": ["2"],
            "App 1: name": ["orchestrator"],
            "App 1: triggers": ["http:orchestrate; queue:processing-queue"],
            "App 1: purpose": ["Split: and route"],
            "App 2: name": ["tidy"],
            "App 2: port": ["7080"],
            "App 2: triggers": ["timer:0 0 3 * * *"],
            "Blob containers": ["raw processed"],
            "raw: what": ["Raw files"],
            "Is there a local package": ["yes", "no"],
            "Package: name": ["data-utils"],
            "Is there an environment": ["yes", "yes", "no"],
            "Variable: name": ["LEVEL", "MODE"],
            "Variable: value": ["10", "fast"],
            "Debian": ["git, libgomp1"],
            "Azure CLI": ["yes"],
            "Do the containers": ["yes", "no"],
            "Volume: read-only": ["no"],
            "Why dependency_manager": ["It locks"],
        }
    )

    spec = _ask(person)

    assert (
        spec
        == parse_spec(
            """
project_name: my-data-pipeline
runtime: {name: python, version: "3.13"}
dependency_manager: poetry
function_apps:
  - name: orchestrator
    purpose: "Split: and route"
    triggers:
      - {type: http, route: orchestrate}
      - {type: queue, queue: processing-queue}
  - name: tidy
    port: 7080
    triggers: [{type: timer, schedule: 0 0 3 * * *}]
storage:
  blob_containers:
    - {name: raw, description: Raw files}
    - {name: processed, description: Processed files}
  queues:
    - {name: tasks, description: Work to do}
    - processing-queue
  tables: [{name: AuditLog, description: "What happened, and when"}]
local_packages: [{name: data-utils, path: ./data-utils}]
environment: [{name: LEVEL, default: 10}, {name: MODE, default: fast}]
system_packages: [git, libgomp1]
azure_cli: true
volumes: [{source: ~/.azure, target: /home/.azure, read_only: false}]
reasons: {dependency_manager: It locks}
""",
            today=_TODAY,
        ).spec
    )


def test_a_wrong_answer_is_asked_again_with_the_rules_message() -> None:
    person = _Person(
        {
            "Project name": ["My Project", "x", "fine"],
            "Programming model": ["v1", "v2"],
            "How many": ["none", "0", "2"],
            "App 1: name": ["azurite", "api"],
            "App 1: port": ["10000", "high", "7075"],
            "App 1: triggers": ["eventhub", "queue:Bad", "http"],
            "App 2: name": ["api", "jobs"],
            "App 2: port": ["7075", "7076"],
        }
    )

    spec = _ask(person)

    assert [(app.name, app.port) for app in spec.function_apps] == [("api", 7075), ("jobs", 7076)]
    assert [line.split(" (")[0] for line in _said(person)] == [
        "'My Project' may hold lowercase letters, digits and single hyphens, a letter first",
        "1 character; it takes 2 to 60",
        "the v1 model",
        "'none' is not a whole number",
        "a project has 1 to 50 apps",
        "'azurite' is reserved for the storage emulator's service",
        "port 10000 belongs to Azurite",
        "'high' is not a whole number",
        "'eventhub' is not a trigger",
        "queue 'Bad' may hold lowercase letters, digits and single hyphens between them",
        "the app 'api' comes twice",
        "port 7075 is already api's",
    ]


def test_what_is_remembered_is_offered() -> None:
    known = parse_spec(
        """
project_name: known
runtime: {version: "3.12"}
dependency_manager: uv
function_apps:
  - {name: one, port: 7080, purpose: First, triggers: [{type: queue, name: take, queue: work}]}
  - {name: two, triggers: [{type: http, name: hello, methods: [GET], auth_level: function}]}
storage: {queues: [{name: work, description: Mine}], tables: [Log]}
environment: [{name: LEVEL, default: "10"}]
volumes: [{source: ~/.azure, target: /home/.azure}]
reasons: {dependency_manager: Fast}
""",
        today=_TODAY,
    ).spec
    person = _Person()

    spec = _ask(person, known.model_dump(mode="json"))

    assert spec == known
    whys = {text: default for text, default in person.asked if text.startswith("Why")}
    assert [why for text, why in whys.items() if "dependency_manager" in text] == ["Fast"]


def test_what_a_spec_says_is_not_asked() -> None:
    person = _Person()

    spec = _ask(
        person,
        {"dependency_manager": "uv"},
        project_name="stated",
        function_apps=["api"],
        storage={},
        environment=[],
    )

    assert spec.project_name == "stated"
    assert spec.dependency_manager == "uv"
    questions = [text for text, _ in person.asked]
    assert "Project name" not in questions
    assert not [text for text in questions if text.startswith(("App", "How many", "Tables"))]


def test_what_a_spec_says_wrongly_is_refused_before_anything_is_asked() -> None:
    person = _Person()

    with pytest.raises(SpecError, match="'Bad Name' may hold"):
        _ask(person, project_name="Bad Name")
    assert person.asked == []


def test_whoever_does_not_confirm_is_asked_again_with_the_answers_offered() -> None:
    person = _Person({"Project name": ["first", "second"], "Generate": ["no", "yes"]})

    spec = _ask(person)

    assert spec.project_name == "second"
    assert [default for text, default in person.asked if text == "Project name"] == [
        "my-project",
        "first",
    ]


def test_a_preview_is_noted() -> None:
    person = _Person({"Python version": ["3.14"]})

    _ask(person)

    assert _said(person) == ["note: Python 3.14 is a preview in Azure Functions"]


def test_every_field_is_asked_for_but_the_blueprint_and_how_to_check() -> None:
    asked = {question.field for question in QUESTIONS}
    assert asked == set(Spec.model_fields) - {"blueprint", "check"}


@pytest.mark.parametrize(
    ("types", "containers", "queues"),
    [
        ([], [], []),
        (["http"], ["data"], []),
        (["timer"], ["data"], []),
        (["queue"], [], ["tasks"]),
        (["blob", "queue"], ["uploads", "processed"], ["tasks"]),
    ],
)
def test_storage_to_begin_with_follows_from_the_triggers(
    types: list[str], containers: list[str], queues: list[str]
) -> None:
    storage = default_storage(types)

    assert [item["name"] for item in storage["blob_containers"]] == containers
    assert [item["name"] for item in storage["queues"]] == queues
    assert [item["name"] for item in storage["tables"]] == ["AuditLog"]
