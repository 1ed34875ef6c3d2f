"""The questions about apps: how many, and of each its name, port, triggers and purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.errors import UserError
from funcyard.project.extending import trigger_from
from funcyard.project.ports import next_port
from funcyard.project.questions.asking import number, words

if TYPE_CHECKING:
    from funcyard.project.questions.asking import Draft

MOST_APPS = 50
_DETAIL = {"http": "route", "timer": "schedule", "queue": "queue", "blob": "path"}


def ask_apps(draft: Draft) -> None:
    """Ask for the apps."""
    known = draft.default("function_apps", [])
    count = _count(draft, len(known) or 1)
    apps: list[dict[str, Any]] = []
    draft.values["function_apps"] = apps
    for index in range(count):
        offered = known[index] if index < len(known) else {}
        _ask_app(draft, apps, offered)


def _count(draft: Draft, default: int) -> int:
    while True:
        answer = draft.asker.prompt("How many function apps", default=str(default))
        try:
            count = number(answer.strip())
        except ValueError as fault:
            draft.asker.say(str(fault))
            continue
        if 1 <= count <= MOST_APPS:
            return count
        draft.asker.say(f"a project has 1 to {MOST_APPS} apps")


def _ask_app(draft: Draft, apps: list[dict[str, Any]], offered: dict[str, Any]) -> None:
    index = len(apps)
    path = ("function_apps", index)
    taken = [app["port"] for app in apps]
    name = offered.get("name") or ("api" if not index else f"app-{index + 1}")
    apps.append({"name": name, "port": next_port(taken, apps=index + 1), "triggers": ["http"]})
    label = f"App {index + 1}"
    draft.line(f"{label}: name", (*path, "name"), name)
    port = offered.get("port") or apps[index]["port"]
    draft.line(f"{label}: port on this machine", (*path, "port"), port, number)
    stated = offered.get("triggers") or [{"type": "http"}]
    shown = [_shown(trigger) for trigger in stated]
    draft.line(
        f"{label}: triggers, parted by ; (http, timer, queue, blob; details as in queue:tasks)",
        (*path, "triggers"),
        "; ".join(shown),
        lambda answer: stated if answer == "; ".join(shown) else _triggers(answer),
    )
    draft.line(f"{label}: purpose", (*path, "purpose"), offered.get("purpose", ""))


def _shown(trigger: dict[str, Any]) -> str:
    """Return a trigger as a person would type it."""
    detail = trigger.get(_DETAIL[trigger["type"]])
    return f"{trigger['type']}:{detail}" if detail else str(trigger["type"])


def _triggers(answer: str) -> list[dict[str, str]]:
    """Return the triggers that a person typed, parted by semicolons, or by commas and spaces.

    Raises:
        ValueError: One of them cannot be understood.
    """
    parts = [part.strip() for part in answer.split(";")] if ";" in answer else [answer]
    if len(parts) == 1 and not answer.startswith("timer:"):
        parts = words(answer)
    try:
        return [trigger_from(part) for part in parts if part]
    except UserError as fault:
        raise ValueError(f"{fault.message} ({fault.hint})") from fault
