"""``customizations.md``: where the project departs from the defaults, and why.

Each departure is one list item under its section, keyed by the field of the spec, with the reason
that the spec gives. One that ends is not forgotten: it moves to *Former Customizations*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.project.memory.document import Section
from funcyard.project.memory.project_config import MANAGERS
from funcyard.project.memory.wording import code, code_pattern, counted, from_code, prose
from funcyard.project.ports import FIRST_APP_PORT
from funcyard.project.spec import Runtime, Spec
from funcyard.project.starting_storage import default_storage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from funcyard.project.spec import FunctionApp

_TITLES = {
    "environment": "Custom Environment Variables",
    "ports": "Port Assignments",
    "storage": "Azurite Storage Resources",
    "packages": "Local Package Integration",
    "system-packages": "Dockerfile System Packages",
    "volumes": "Docker Compose Volumes",
    "dependencies": "Dependency Management",
    "model": "Programming Model",
    "other": "Other Choices",
}
_STATEMENT = re.compile(rf"- {code_pattern('key')}: (?P<statement>.+)")
_FORMER = re.compile(r"- until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d: .+")

OPTIONAL = ("none", *(name for name in _TITLES if name not in ("ports", "model")))
"""Sections that are there only when the spec has something for them."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One departure from a default.

    Attributes:
        section: Key of the section it stands in.
        key: The field of the spec, list items by name.
        statement: What was chosen.
        details: What follows from it, a sentence each.
        explained: Whether the statement itself says what it is for.
    """

    section: str
    key: str
    statement: str
    details: tuple[str, ...] = ()
    explained: bool = False


def deviations(spec: Spec) -> list[Deviation]:
    """Return every departure of ``spec`` from the defaults, sections in the order of the file."""
    found = [
        *_environment(spec),
        *_ports(spec.function_apps),
        *_storage(spec),
        *_local_packages(spec),
        *_containers(spec),
        *_dependencies(spec),
        *_runtime(spec),
    ]
    known = {deviation.key for deviation in found}
    groups = {deviation.key.split(".")[0] for deviation in found}
    others = [key for key in spec.reasons if key not in known and key not in groups]
    return found + [Deviation("other", key, "chosen for a reason") for key in others]


def sections(spec: Spec) -> list[Section]:
    """Return what the file should say of ``spec``, apart from what has ended."""
    found = deviations(spec)
    made = [] if found else [_none(spec)]
    for name, title in _TITLES.items():
        here = [deviation for deviation in found if deviation.section == name]
        lines = [line for deviation in here for line in _lines(deviation, spec.reasons)]
        if not here and name == "ports":
            ports = ", ".join(str(app.port) for app in spec.function_apps)
            lines = [f"Default ports ({ports}) used without modification."]
        if name == "model":
            model = spec.programming_model
            lines.append(f"- {model}, the default: decorated functions, no function.json files")
        if lines:
            made.append(Section(name, (f"## {title}", "", *lines)))
    return made


def statements(lines: Iterable[str]) -> dict[str, str]:
    """Return the departures that lines of the file hold: key to what was chosen."""
    found = (_STATEMENT.fullmatch(line) for line in lines)
    return {from_code(each["key"]): each["statement"] for each in found if each}


def former(said: Sequence[str], made: Sequence[Section], *, moment: str) -> list[Section]:
    """Return the section of departures that have ended, empty while there are none.

    Args:
        said: What Funcyard wrote in the file before.
        made: The sections it writes now.
        moment: Now, for those that end now.
    """
    past = [line for line in said if _FORMER.fullmatch(line)]
    now = statements(line for section in made for line in section.lines)
    for key, statement in statements(said).items():
        if now.get(key) != statement:
            past.append(f"- until {moment}: {code(key)}: {statement}")
    return [Section("former", ("## Former Customizations", "", *past))] if past else []


def _lines(deviation: Deviation, reasons: dict[str, str]) -> Iterator[str]:
    yield f"- {code(deviation.key)}: {deviation.statement}"
    reason = reasons.get(deviation.key)
    group = deviation.key.split(".")[0]
    if reason:
        yield f"  - **Reason**: {prose(reason)}"
    elif group in reasons:
        yield f"  - **Reason**: {prose(reasons[group])} (given for {code(group)})"
    elif not deviation.explained:
        yield f"  - Reason not given: add {code(deviation.key)} to `reasons` in `funcyard.yaml`"
    yield from (f"  - {detail}" for detail in deviation.details)


def _none(spec: Spec) -> Section:
    apps = counted(len(spec.function_apps), "function app")
    text = (
        f"No special customizations. Standard {spec.programming_model} Python"
        f" {spec.runtime.version} project with {apps}."
    )
    return Section("none", (text,))


def _environment(spec: Spec) -> Iterator[Deviation]:
    for variable in spec.environment:
        about = prose(variable.description) or "a setting of the project's own"
        yield Deviation(
            "environment",
            f"environment.{variable.name}",
            about,
            ("Every function app receives it; `.env.local` sets its value on this machine.",),
            explained=bool(variable.description),
        )


def _ports(apps: tuple[FunctionApp, ...]) -> Iterator[Deviation]:
    for usual, app in enumerate(apps, start=FIRST_APP_PORT):
        if app.port != usual:
            key = f"function_apps.{app.name}.port"
            yield Deviation("ports", key, f"{app.port} instead of {usual}")


def _storage(spec: Spec) -> Iterator[Deviation]:
    triggers = [trigger for app in spec.function_apps for trigger in app.triggers]
    needed = {trigger.queue for trigger in triggers if trigger.type == "queue"}
    needed |= {trigger.path.split("/")[0] for trigger in triggers if trigger.type == "blob"}
    usual = default_storage(trigger.type for trigger in triggers)
    kinds = (
        ("blob_containers", "container", spec.storage.blob_containers),
        ("queues", "queue", spec.storage.queues),
        ("tables", "table", spec.storage.tables),
    )
    for kind, noun, items in kinds:
        known = needed | {item["name"] for item in usual[kind]}
        for item in items:
            if item.name in known:
                continue
            about = prose(item.description)
            statement = f"{noun} that no trigger names" + (f": {about}" if about else "")
            key = f"storage.{kind}.{item.name}"
            yield Deviation("storage", key, statement, explained=bool(about))


def _local_packages(spec: Spec) -> Iterator[Deviation]:
    for package in spec.local_packages:
        yield Deviation(
            "packages",
            f"local_packages.{package.name}",
            f"the project's own package at {code(package.path)}",
            (
                "Every Dockerfile builds and installs it.",
                "A change in it rebuilds it under Tilt and reloads the apps under `funcyard up`.",
            ),
        )


def _containers(spec: Spec) -> Iterator[Deviation]:
    if spec.system_packages:
        names = ", ".join(map(code, spec.system_packages))
        yield Deviation("system-packages", "system_packages", f"{names} in every app's image")
    if spec.azure_cli:
        yield Deviation("system-packages", "azure_cli", "the Azure CLI in every app's image")
    for volume in spec.volumes:
        access = "read-only" if volume.read_only else "read and write"
        yield Deviation(
            "volumes",
            f"volumes.{volume.target}",
            f"{code(volume.source)} of this machine, {access}",
        )


def _dependencies(spec: Spec) -> Iterator[Deviation]:
    usual = Spec.model_fields["dependency_manager"].default
    if spec.dependency_manager != usual:
        yield Deviation(
            "dependencies",
            "dependency_manager",
            f"{MANAGERS[spec.dependency_manager]} instead of {MANAGERS[usual]}",
        )


def _runtime(spec: Spec) -> Iterator[Deviation]:
    usual = Runtime().version
    if spec.runtime.version != usual:
        statement = f"Python {spec.runtime.version} instead of {usual}"
        yield Deviation("model", "runtime.version", statement)
