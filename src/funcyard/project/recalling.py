"""What the memory knows, brought to a spec: open choices filled, differences said.

A spec that leaves a choice open gets the remembered one, written into its text, so that
``funcyard.yaml`` says everything. Where memory and spec differ the spec wins, and it is said; a
memory that a person edited into what no spec may hold fills nothing.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.faults import Severity
from funcyard.project import spec_text
from funcyard.project.findings import SpecError
from funcyard.project.memory.comparing import differences
from funcyard.project.memory.location import BadProjectNameError, store_for
from funcyard.project.memory.reading import fill, load
from funcyard.project.reading import SpecDocument, Target, parse_spec
from funcyard.project.root import SPEC_FILE
from funcyard.project.yaml_tree import YamlFault, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from funcyard.faults import Path as SpecPath
    from funcyard.project.memory.model import Memory
    from funcyard.project.spec import Spec

_MOST = 8


@dataclass(frozen=True, slots=True)
class Recalled:
    """A spec with what was remembered.

    Attributes:
        document: The spec, open choices filled.
        notices: What was filled, what differs, what is wrong with the memory.
    """

    document: SpecDocument
    notices: tuple[str, ...] = ()


def recalled(
    text: str, root: Path, *, memory: Path | None, now: datetime, name: str = SPEC_FILE
) -> Recalled:
    """Return the spec that ``text`` holds, completed by what is remembered of its project.

    Args:
        text: Of a spec.
        root: The project's folder, which need not exist; its local packages are looked for there.
        memory: A memory store of the person's choice.
        now: Local time.
        name: What the spec is called in messages.

    Raises:
        SpecError: The spec has faults.
        MemoryOutsideError: The memory leads, by a link, out of where it belongs.
    """
    known = _known(text, root, memory, now)
    read = functools.partial(parse_spec, name=name, target=Target(root), today=now.date())
    filled, names = _filled(text, known)
    try:
        document = read(filled)
        said = [f"from memory: {', '.join(names)}"] if names else []
    except SpecError as fault:
        document = read(text)
        wrong = "; ".join(each.said for each in fault.findings if each.severity is Severity.ERROR)
        said = [f"nothing is taken from memory, with it the spec would be wrong: {wrong}"]
    return Recalled(document, (*said, *_said(known, document.spec)))


def memory_notices(
    spec: Spec, root: Path, *, memory: Path | None, now: datetime
) -> tuple[str, ...]:
    """Return what is wrong with a project's memory, and where it and the spec differ.

    Raises:
        MemoryOutsideError: The memory leads, by a link, out of where it belongs.
    """
    store = store_for(root, memory)
    known = load(store, spec.project_name, now=now)
    if not known.exists:
        hint = "if it is kept elsewhere, name that store with --memory DIR"
        return (f"nothing is remembered of {spec.project_name} in {store}: {hint}",)
    return _said(known, spec)


def _filled(text: str, known: Memory | None) -> tuple[str, tuple[str, ...]]:
    """Return the text with what is remembered where it leaves a choice open, and what that is."""
    if known is None or not known.exists:
        return text, ()
    data = _mapping(text)
    wanted, names = fill(data, known)
    for path, value in _additions(data, wanted):
        text = spec_text.set_value(text, path, value)
    return text, names


def _known(text: str, root: Path, memory: Path | None, now: datetime) -> Memory | None:
    """Return the memory of the project that ``text`` names; None where there is none."""
    store = store_for(root, memory)
    if not store.is_dir():
        return None
    project = _mapping(text).get("project_name")
    try:
        return load(store, str(project), now=now) if project else None
    except BadProjectNameError:
        return None


def _mapping(text: str) -> dict[str, Any]:
    """Return what ``text`` says, nothing where it is no sound mapping: the reader says why."""
    try:
        data = read_yaml(text).data()
    except YamlFault:
        return {}
    return data if isinstance(data, dict) else {}


def _said(memory: Memory | None, spec: Spec) -> tuple[str, ...]:
    if memory is None:
        return ()
    found = [f"memory and spec differ: {each}" for each in differences(memory, spec)]
    more = [f"memory and spec differ in {len(found) - _MOST} more places"]
    problems = [f"memory: {problem}" for problem in memory.problems]
    return (*problems, *found[:_MOST], *(more if len(found) > _MOST else []))


def _additions(
    before: Mapping[str, Any], after: Mapping[str, Any], path: SpecPath = ()
) -> Iterator[tuple[SpecPath, object]]:
    """Yield what ``after`` has and ``before`` has not, in mappings and in items of lists.

    An item that was just a name is yielded as the whole that it became.
    """
    for key, value in after.items():
        here = (*path, key)
        if key not in before:
            yield here, value
        elif isinstance(value, dict) and isinstance(before[key], dict):
            yield from _additions(before[key], value, here)
        elif isinstance(value, list) and isinstance(before[key], list):
            for index, (old, new) in enumerate(zip(before[key], value, strict=True)):
                if isinstance(old, dict) and isinstance(new, dict):
                    yield from _additions(old, new, (*here, index))
                elif old != new:
                    yield (*here, index), new
