"""A timer's schedule that the host cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.code.definitions import definition_at
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.functions.model import Function
    from funcyard.preflight.facts import AppFacts, Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for function in app.survey.index.functions:
            if function.trigger.type == "timerTrigger":
                yield from _of(app, function)


def _of(app: AppFacts, function: Function) -> Iterator[Finding]:
    from funcyard.host.listeners.schedule import ScheduleError, parse_schedule  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.setting_names import SettingMissingError, resolve_settings  # noqa: PLC0415 - as above

    written = str(function.trigger.get("schedule") or "")
    try:
        schedule = resolve_settings(written, app.target.settings)
    except SettingMissingError:
        return  # the rules on settings tell it
    try:
        parse_schedule(schedule, {})
    except ScheduleError as fault:
        file = app.name_of(function.file)
        definition = definition_at(app.source_by_name.get(file), function.line)
        decorator = definition.decorator("timer_trigger", "schedule") if definition else None
        line = decorator.line_of("schedule") if decorator else function.line
        origin = f", from {written}" if written != schedule else ""
        yield RULE.found(
            file,
            line,
            f"{function.name}: {fault.message}{origin}",
            evidence=app.text_at(file, line),
            next=fault.hint or 'such as schedule="0 */5 * * * *" for every five minutes',
        )


RULE = Rule(
    id="schedule-invalid",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A timer's schedule is no NCRONTAB expression and no time span.",
    why=(
        "The worker passes it on unread. The host puts the function in error: The schedule"
        " expression was not recognized as a valid cron expression or timespan string."
    ),
    mend="Write six fields, seconds first: 0 */5 * * * * is every five minutes.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions",
    check=_check,
)
