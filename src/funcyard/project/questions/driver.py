"""The questions in their order, and the one at the end: is that what you want?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.functions.runtimes import generated_versions
from funcyard.project.questions.apps import ask_apps
from funcyard.project.questions.asking import Draft
from funcyard.project.questions.extras import (
    ask_azure_cli,
    ask_environment,
    ask_packages,
    ask_reasons,
    ask_system_packages,
    ask_volumes,
)
from funcyard.project.questions.storage import ask_storage
from funcyard.project.reading import parse_spec
from funcyard.project.rules import complete
from funcyard.project.spec import Spec
from funcyard.project.spec_text import to_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from funcyard.project.questions.asking import Asker

MANAGERS = ("pip", "poetry", "uv")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the field of the spec that it answers, and how it is asked."""

    field: str
    ask: Callable[[Draft], None]


def _ask_name(draft: Draft) -> None:
    draft.line("Project name", ("project_name",), draft.default("project_name", "my-project"))


def _ask_model(draft: Draft) -> None:
    default = draft.default("programming_model", "v2")
    draft.line("Programming model", ("programming_model",), default)


def _ask_runtime(draft: Draft) -> None:
    versions = [item.version for item in generated_versions(draft.today)]
    known = draft.default("runtime", {}).get("version")
    default = known if known in versions else versions[0]
    version = draft.asker.choose("Python version", versions, default=default)
    draft.values["runtime"] = {"name": "python", "version": version}
    draft.is_sound(("runtime",))


def _ask_manager(draft: Draft) -> None:
    default = draft.default("dependency_manager", MANAGERS[0])
    chosen = draft.asker.choose("Dependency manager", MANAGERS, default=default)
    draft.values["dependency_manager"] = chosen


QUESTIONS: tuple[Question, ...] = (
    Question("project_name", _ask_name),
    Question("programming_model", _ask_model),
    Question("runtime", _ask_runtime),
    Question("dependency_manager", _ask_manager),
    Question("function_apps", ask_apps),
    Question("storage", ask_storage),
    Question("local_packages", ask_packages),
    Question("environment", ask_environment),
    Question("system_packages", ask_system_packages),
    Question("azure_cli", ask_azure_cli),
    Question("volumes", ask_volumes),
    Question("reasons", ask_reasons),
)
"""Every question, in the order in which they are asked."""


def ask(
    asker: Asker,
    *,
    defaults: Mapping[str, Any],
    stated: Mapping[str, Any] | None = None,
    today: date,
    root: Path | None = None,
) -> Spec:
    """Ask for a project until a person confirms it, and return its spec.

    Args:
        asker: Puts the questions.
        defaults: What is offered, in the shape of ``funcyard.yaml``: what is remembered, and a
            ``project_name``.
        stated: What is settled, in the same shape: not asked. None settles nothing.
        today: The day on which runtimes are judged.
        root: The project's folder, in which local packages are looked for; None looks nowhere.

    Returns:
        The spec that the answers in a file would give, with the storage of its triggers declared.

    Raises:
        SpecError: What is stated has faults.
    """
    settled = dict(stated or {})
    if settled:
        Draft(asker, today, {}, root, settled).check()
    offered = dict(defaults)
    while True:
        draft = Draft(asker, today, offered, root, dict(settled))
        for question in QUESTIONS:
            if question.field not in settled:
                question.ask(draft)
        spec = _spec(draft.values, today)
        asker.say(to_yaml(spec))
        if asker.confirm("Generate this project", default=True):
            return spec
        offered = {**offered, **draft.values}


def _spec(values: Mapping[str, Any], today: date) -> Spec:
    made = complete(Spec.model_validate(values))
    return parse_spec(to_yaml(made), today=today).spec
