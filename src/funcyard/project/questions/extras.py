"""The questions about what not every project has: packages, settings, containers, reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.project.memory.customizations import deviations
from funcyard.project.questions.asking import words
from funcyard.project.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.faults import Path
    from funcyard.project.questions.asking import Draft


class _LeftOutError(Exception):
    """A person thought better of an item."""


def ask_packages(draft: Draft) -> None:
    """Ask for local packages, which have to be there: without one, its item is left out again."""

    def folder(answer: str) -> str:
        if answer == "-":
            raise _LeftOutError
        return answer

    def ask_one(path: Path, offered: dict[str, Any]) -> None:
        draft.line("Package: name", (*path, "name"), offered.get("name", "shared"))
        name = draft.values["local_packages"][path[-1]]["name"]
        draft.line(
            "Package: folder in the project (- leaves the package out)",
            (*path, "path"),
            offered.get("path", f"./{name}"),
            folder,
        )
        draft.line("Package: purpose", (*path, "purpose"), offered.get("purpose", ""))

    _ask_items(draft, "local_packages", "Is there a local package that the apps share", ask_one)


def ask_environment(draft: Draft) -> None:
    """Ask for settings that every app receives."""

    def ask_one(path: Path, offered: dict[str, Any]) -> None:
        draft.line("Variable: name", (*path, "name"), offered.get("name", "LOG_LEVEL"))
        draft.line("Variable: value unless .env.local sets another (never a secret)",
                   (*path, "default"), offered.get("default", ""))  # fmt: skip
        draft.line(
            "Variable: what it means", (*path, "description"), offered.get("description", "")
        )

    _ask_items(draft, "environment", "Is there an environment variable of your own", ask_one)


def ask_system_packages(draft: Draft) -> None:
    """Ask for Debian packages."""
    offered = draft.default("system_packages", [])
    draft.line(
        "Debian packages in the containers (by name, - for none)",
        ("system_packages",),
        list(offered) or "-",
        lambda answer: [name for name in words(answer) if name != "-"],
    )


def ask_azure_cli(draft: Draft) -> None:
    """Ask whether the containers need the Azure CLI."""
    default = bool(draft.default("azure_cli", False))  # noqa: FBT003 - the field's default
    draft.values["azure_cli"] = draft.asker.confirm("Azure CLI in the containers", default=default)


def ask_volumes(draft: Draft) -> None:
    """Ask for folders that the containers see."""

    def ask_one(path: Path, offered: dict[str, Any]) -> None:
        draft.line("Volume: folder here", (*path, "source"), offered.get("source", "~/.azure"))
        draft.line("Volume: path in the container", (*path, "target"),
                   offered.get("target", "/home/.azure"))  # fmt: skip
        read_only = bool(offered.get("read_only", True))
        answer = draft.asker.confirm("Volume: read-only", default=read_only)
        draft.values["volumes"][path[-1]]["read_only"] = answer

    _ask_items(draft, "volumes", "Do the containers see a folder of this machine", ask_one)


def ask_reasons(draft: Draft) -> None:
    """Ask why each choice departs from its default; an empty answer gives no reason."""
    offered = draft.default("reasons", {})
    reasons: dict[str, str] = {}
    draft.values["reasons"] = reasons
    for deviation in deviations(Spec.model_validate(draft.values)):
        if deviation.explained and deviation.key not in offered:
            continue
        draft.line(
            f"Why {deviation.key} ({deviation.statement})",
            ("reasons", deviation.key),
            offered.get(deviation.key, ""),
        )
        if not reasons[deviation.key]:
            del reasons[deviation.key]


def _ask_items(
    draft: Draft, name: str, text: str, ask_one: Callable[[Path, dict[str, Any]], None]
) -> None:
    """Ask for items one by one, those offered first, until a person has no more."""
    offered = draft.default(name, [])
    items: list[dict[str, Any]] = []
    draft.values[name] = items
    while draft.asker.confirm(
        text if not items else f"{text}: another", default=len(items) < len(offered)
    ):
        index = len(items)
        known = dict(offered[index]) if index < len(offered) else {}
        items.append({})
        try:
            ask_one((name, index), known)
        except _LeftOutError:
            del items[index]
            offered = [*offered[:index], *offered[index + 1 :]]
