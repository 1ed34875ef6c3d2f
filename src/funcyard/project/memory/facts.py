"""Reading back: lines of ``project_config.md`` and ``customizations.md`` to facts.

Facts have the shape of ``funcyard.yaml`` and hold only what was understood, so that they can stand
in for what a spec leaves open. Lines that say nothing known, such as a person's, are passed over;
where a thing is said twice, the later line counts. A line that begins as one that is read, and goes
on otherwise, is told by ``unread``: it counts for nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from funcyard.project.memory import project_config
from funcyard.project.memory.wording import code_pattern, from_code, from_prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.project.spec import Spec

Facts = dict[str, Any]

_HEADING = re.compile(r"(#{2,3}) (.+?)\s*")
_MODEL = re.compile(r"- \*\*Model\*\*: (v\d)\b.*")
_RUNTIME = re.compile(r"- \*\*Runtime\*\*: ([A-Za-z]+) (\d+(?:\.\d+)*)\s*")
_MANAGER = re.compile(r"- \*\*Dependency Management\*\*: (\w+)\s*")
_BLUEPRINT = re.compile(rf"- \*\*Blueprint\*\*: {code_pattern('name')}\s*")
_APP = re.compile(r"\d+\. \*\*([^*]+)\*\*\s*")
_PORT = re.compile(r"\s+- Port: (\d{1,5})\s*")
_PURPOSE = re.compile(r"\s+- Purpose: (.+)")
_TRIGGER = re.compile(
    rf"\s+- (HTTP|Timer|Queue|Blob) {code_pattern('name')} \((?P<rest>.+)\)(?:; [a-z ]+)?\s*"
)
_HTTP = re.compile(rf"([A-Z, ]+) {code_pattern('route')}(?:; (\w+) key)?")
_DETAIL = re.compile(rf"{code_pattern('value')}(; also when the app starts)?")
_ITEM = re.compile(rf"- {code_pattern('name')}(?: - (?P<about>.+))?\s*")
_BELOW = re.compile(r"\s+- (PartitionKey|RowKey|Fields|Default): (.+)")
_NAMED = re.compile(r"- \*\*(Package Name|Path|Purpose|System Packages|Azure CLI|Volume)\*\*: (.+)")
_VOLUME = re.compile(rf"{code_pattern('source')} at {code_pattern('target')}, (read-only|.+)")
_CODE = re.compile(code_pattern("value"))
_DEVIATION = re.compile(rf"- {code_pattern('key')}(?:: .*)?")
_REASON = re.compile(
    rf"\s+- \*\*Reason\*\*: (?P<why>.+?)(?: \(given for {code_pattern('group')}\))?\s*"
)

_BEGINNINGS = {
    "Programming Model": re.compile(
        r"- \*\*(?:Model|Runtime|Dependency Management|Blueprint)\*\*:"
    ),
    "Function Apps": re.compile(r"\d+\. \*\*|\s+- (?:Port:|(?:HTTP|Timer|Queue|Blob) `)"),
    "Local Package Dependencies": re.compile(r"- \*\*(?:Package Name|Path)\*\*:"),
    "Container Options": re.compile(r"- \*\*Volume\*\*:"),
}
"""How a line begins that is meant to be read, under its heading."""

_MANAGERS = {shown: name for name, shown in project_config.MANAGERS.items()}
_STORAGE = {"Blob Containers": "blob_containers", "Queues": "queues", "Tables": "tables"}
_KEYS = {"PartitionKey": "partition_key", "RowKey": "row_key"}


def configuration(lines: Iterable[str]) -> Facts:
    """Return what the lines of ``project_config.md`` say, in the shape of ``funcyard.yaml``."""
    facts: Facts = {}
    for heading, below, line in _placed(lines):
        _read(facts, heading, below, line)
    return facts


def unread(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the lines of ``project_config.md`` that begin as a fact and cannot be read as one."""
    facts: Facts = {}
    return tuple(
        line.strip()
        for heading, below, line in _placed(lines)
        if not _read(facts, heading, below, line)
        and (begins := _BEGINNINGS.get(heading))
        and begins.match(line)
    )


def reasons(lines: Iterable[str]) -> dict[str, str]:
    """Return why choices were made: what the lines of ``customizations.md`` say, by field."""
    found: dict[str, str] = {}
    key = ""
    for line in lines:
        if deviation := _DEVIATION.fullmatch(line):
            key = from_code(deviation["key"])
        elif (reason := _REASON.fullmatch(line)) and key:
            field = from_code(reason["group"]) if reason["group"] else key
            found[field] = from_prose(reason["why"])
    return found


def of_spec(spec: Spec) -> Facts:
    """Return the facts that a spec will be remembered by."""
    facts = configuration(
        line for section in project_config.sections(spec) for line in section.lines
    )
    return {"project_name": spec.project_name, **facts}


def _read(facts: Facts, heading: str, below: str, line: str) -> bool:
    """Add what a line says; tell whether it says something known."""
    if heading == "Storage Resources" and below in _STORAGE:
        return _read_item(facts.setdefault("storage", {}), _STORAGE[below], line)
    reader = _READERS.get(heading)
    return reader is not None and reader(facts, line)


def _placed(lines: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each line with the second- and third-level headings that it stands under."""
    heading = below = ""
    for line in lines:
        if title := _HEADING.fullmatch(line):
            if len(title[1]) == len("##"):
                heading, below = title[2], ""
            else:
                below = title[2]
        else:
            yield heading, below, line


def _read_model(facts: Facts, line: str) -> bool:
    if found := _MODEL.fullmatch(line):
        facts["programming_model"] = found[1]
    elif found := _RUNTIME.fullmatch(line):
        facts["runtime"] = {"name": found[1].lower(), "version": found[2]}
    elif (found := _MANAGER.fullmatch(line)) and found[1] in _MANAGERS:
        facts["dependency_manager"] = _MANAGERS[found[1]]
    elif found := _BLUEPRINT.fullmatch(line):
        facts["blueprint"] = from_code(found["name"])
    else:
        return False
    return True


def _read_app(facts: Facts, line: str) -> bool:
    apps = facts.setdefault("function_apps", [])
    if found := _APP.fullmatch(line):
        apps.append({"name": found[1]})
    elif not apps:
        return False
    elif found := _PORT.fullmatch(line):
        apps[-1]["port"] = int(found[1])
    elif found := _PURPOSE.fullmatch(line):
        apps[-1]["purpose"] = from_prose(found[1])
    elif (found := _TRIGGER.fullmatch(line)) and (trigger := _trigger(found)):
        apps[-1].setdefault("triggers", []).append(trigger)
    else:
        return False
    return True


def _trigger(found: re.Match[str]) -> Facts | None:
    kind, name, rest = found[1].lower(), from_code(found["name"]), found["rest"]
    if kind == "http":
        if not (http := _HTTP.fullmatch(rest)):
            return None
        route = from_code(http["route"]).removeprefix("/api/")
        trigger: Facts = {"type": kind, "name": name, "methods": re.findall("[A-Z]+", http[1])}
        if route != name:
            trigger["route"] = route
        return trigger | ({"auth_level": http[4]} if http[4] else {})
    if not (detail := _DETAIL.fullmatch(rest)):
        return None
    field = {"timer": "schedule", "queue": "queue", "blob": "path"}[kind]
    trigger = {"type": kind, "name": name, field: from_code(detail["value"])}
    return trigger | ({"run_on_startup": True} if detail[3] else {})


def _read_item(facts: Facts, field: str, line: str) -> bool:
    if found := _ITEM.fullmatch(line):
        about = {"description": from_prose(found["about"])} if found["about"] else {}
        facts.setdefault(field, []).append({"name": from_code(found["name"]), **about})
    elif (found := _BELOW.fullmatch(line)) and facts.get(field):
        item, what = facts[field][-1], found[1]
        if what == "Default" and (spans := _codes(found[2])):
            item["default"] = spans[0]
        elif what == "Fields":
            item["fields"] = _codes(found[2])
        elif what in _KEYS:
            item[_KEYS[what]] = from_prose(found[2])
        else:
            return False
    else:
        return False
    return True


def _read_package(facts: Facts, line: str) -> bool:
    if not (found := _NAMED.fullmatch(line)):
        return False
    packages = facts.setdefault("local_packages", [])
    spans = _codes(found[2])
    if found[1] == "Package Name" and spans:
        packages.append({"name": spans[0]})
    elif packages and found[1] == "Path" and spans:
        packages[-1]["path"] = spans[0]
    elif packages and found[1] == "Purpose":
        packages[-1]["purpose"] = from_prose(found[2])
    else:
        return False
    return True


def _read_containers(facts: Facts, line: str) -> bool:
    if not (found := _NAMED.fullmatch(line)):
        return False
    if found[1] == "System Packages":
        facts["system_packages"] = _codes(found[2])
    elif found[1] == "Azure CLI":
        facts["azure_cli"] = found[2].strip() == "installed"
    elif volume := _VOLUME.fullmatch(found[2].strip()):
        facts.setdefault("volumes", []).append(
            {
                "source": from_code(volume["source"]),
                "target": from_code(volume["target"]),
                "read_only": volume[5] == "read-only",
            }
        )
    else:
        return False
    return True


def _codes(text: str) -> list[str]:
    return [from_code(span["value"]) for span in _CODE.finditer(text)]


_READERS = {
    "Programming Model": _read_model,
    "Function Apps": _read_app,
    "Local Package Dependencies": _read_package,
    "Custom Environment Variables": lambda facts, line: _read_item(facts, "environment", line),
    "Container Options": _read_containers,
}
