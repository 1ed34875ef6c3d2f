"""Where memory and spec say different things, field by field, list items by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.project.memory import facts
from funcyard.project.memory.model import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from funcyard.project.memory.model import Memory
    from funcyard.project.spec import Spec

_NAMED_LISTS = ("function_apps", "local_packages", "environment", "volumes")
_STORAGE_LISTS = ("blob_containers", "queues", "tables")
_MIGRATIONS = ("runtime.version", "programming_model", "dependency_manager")


def differences(memory: Memory, spec: Spec) -> tuple[Difference, ...]:
    """Return where ``memory`` and ``spec`` differ; nothing when there is no memory yet.

    What the memory does not say about a field is no difference; what it does not say about an app,
    a container or another named thing is one, and so is a reason.
    """
    if not memory.exists:
        return ()
    now = facts.of_spec(spec) | ({"reasons": spec.reasons} if spec.reasons else {})
    return tuple(compare(memory.facts, now))


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Yield where two sets of facts differ, in the order of the fields."""
    before, after = _complete(before), _complete(after)
    yield from _compare_fields("", before, after)
    old, new = before.get("reasons", {}), after.get("reasons", {})
    for key in dict.fromkeys([*old, *new]):
        if " ".join(old.get(key, "").split()) != " ".join(new.get(key, "").split()):
            yield Difference(f"reasons.{key}", old.get(key), new.get(key))


def sentence(difference: Difference) -> str:
    """Return a change from memory to spec as the history says it."""
    if difference.memory is None:
        return f"added {difference.path}"
    if difference.spec is None:
        return f"removed {difference.path}"
    verb = "migrated" if difference.path in _MIGRATIONS else "changed"
    return f"{verb} {difference.path}: {_shown(difference.memory)} → {_shown(difference.spec)}"


def _complete(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts in which a list that is not there is an empty one."""
    storage = known.get("storage", {})
    empty: dict[str, Any] = {name: [] for name in _NAMED_LISTS}
    return {**empty, **known, "storage": {**{name: [] for name in _STORAGE_LISTS}, **storage}}


def _compare_fields(
    path: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    for field, old in before.items():
        at = f"{path}.{field}" if path else field
        new = after.get(field)
        if at == "reasons" or old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _compare_fields(at, old, new)
        elif _is_named(old) and _is_named(new):
            yield from _compare_items(at, old, new or [])
        else:
            yield Difference(at, old, new)


def _compare_items(
    path: str, before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]
) -> Iterator[Difference]:
    old, new = {_name(item): item for item in before}, {_name(item): item for item in after}
    for name in dict.fromkeys([*old, *new]):
        at = f"{path}.{name}"
        if name in old and name in new:
            yield from _compare_fields(at, old[name], new[name])
        else:
            yield Difference(at, old.get(name), new.get(name))


def _is_named(value: object) -> bool:
    return value is None or (
        isinstance(value, list) and all(isinstance(item, dict) for item in value)
    )


def _name(item: Mapping[str, Any]) -> str:
    return str(item.get("name") or item.get("target"))


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
