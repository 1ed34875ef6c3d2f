"""A timer's schedule that the host cannot read, in the code or in the setting that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.code.definitions import definition_at
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.linking import settings_of
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.functions.model import Function
    from funcyard.host.listeners.schedule import ScheduleError
    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.infrastructure.deployment import Deployment

_EXAMPLE = 'such as schedule="0 */5 * * * *" for every five minutes'


def _check(facts: Facts) -> Iterator[Finding]:
    timers = [
        (app, function)
        for app in facts.apps
        for function in app.survey.index.functions
        if function.trigger.type == "timerTrigger"
    ]
    for app, function in timers:
        yield from _here(app, function)
    named = [(app, function) for app, function in timers if "%" in _written(function)]
    if named:
        yield from in_each(
            facts.infrastructure.deployments,
            lambda deployment: _deployed(facts, deployment, named),
        )


def _here(app: AppFacts, function: Function) -> Iterator[Finding]:
    """Yield the fault of a schedule with the settings of this machine."""
    fault = _fault(function, app.target.settings)
    if fault is not None:
        written = _written(function)
        file = app.name_of(function.file)
        definition = definition_at(app.source_by_name.get(file), function.line)
        decorator = definition.decorator("timer_trigger", "schedule") if definition else None
        line = decorator.line_of("schedule") if decorator else function.line
        origin = f", from {written}" if "%" in written else ""
        yield RULE.found(
            file,
            line,
            f"{function.name}: {fault.message}{origin}",
            evidence=app.text_at(file, line),
            next=fault.hint or _EXAMPLE,
        )


def _deployed(
    facts: Facts, deployment: Deployment, timers: list[tuple[AppFacts, Function]]
) -> Iterator[Finding]:
    """Yield the faults of schedules with the settings that a deployment gives."""
    from funcyard.host.setting_names import names_in  # noqa: PLC0415 - keeps --help fast

    for settings, runs in settings_of(facts, deployment):
        places = {name.lower(): settings.values[name] for name in settings.texts}
        for app, function in timers:
            named = [places.get(name.lower()) for name in names_in(_written(function))]
            place = next(filter(None, named), None)
            fault = _fault(function, settings.texts) if runs is app else None
            if place is not None and fault is not None:
                yield RULE.found(
                    place.file,
                    place.line,
                    f"{function.name}: {fault.message}, from {_written(function)} of"
                    f" {settings.owner}",
                    evidence=facts.infrastructure.line(place),
                    next=fault.hint or _EXAMPLE,
                )


def _written(function: Function) -> str:
    return str(function.trigger.get("schedule") or "")


def _fault(function: Function, settings: Mapping[str, str]) -> ScheduleError | None:
    """Return what is wrong with a schedule; None too where a setting that it names is missing."""
    from funcyard.host.listeners.schedule import ScheduleError, parse_schedule  # noqa: PLC0415 - keeps --help fast
    from funcyard.host.setting_names import SettingMissingError, resolve_settings  # noqa: PLC0415 - as above

    try:
        parse_schedule(resolve_settings(_written(function), settings), {})
    except SettingMissingError:
        return None  # the rules on settings tell it
    except ScheduleError as fault:
        return fault
    return None


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
