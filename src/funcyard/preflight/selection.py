"""Which rules run: all, only some, or all but some."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.preflight.rule import Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funcyard.preflight.rule import Rule


class UnknownRuleError(UsageError):
    """A rule or group was named that does not exist."""

    code = "no-such-rule"


def select(rules: Sequence[Rule], *, only: Sequence[str], ignore: Sequence[str]) -> list[Rule]:
    """Return the rules to run, in their order.

    Args:
        rules: All rules.
        only: Ids or groups; none for all.
        ignore: Ids or groups.

    Raises:
        UnknownRuleError: A name is neither a rule's nor a group's.
    """
    known = {rule.id for rule in rules} | {group.value for group in Group}
    for name in (*only, *ignore):
        if name not in known:
            raise UnknownRuleError(f"there is no rule {name!r}", hint=_hint(name, known))
    return [
        rule
        for rule in rules
        if (not only or _is_chosen(rule, only)) and not _is_named(rule, ignore)
    ]


def find_rule(rules: Sequence[Rule], name: str) -> Rule:
    """Return a rule by its id.

    Raises:
        UnknownRuleError: There is none of that name.
    """
    for rule in rules:
        if rule.id == name:
            return rule
    raise UnknownRuleError(
        f"there is no rule {name!r}", hint=_hint(name, {rule.id for rule in rules})
    )


def _is_chosen(rule: Rule, names: Iterable[str]) -> bool:
    beside = rule.chosen_with
    return _is_named(rule, names) or (beside is not None and beside.value in names)


def _is_named(rule: Rule, names: Iterable[str]) -> bool:
    return rule.id in names or rule.group.value in names


def _hint(name: str, known: set[str]) -> str:
    close = get_close_matches(name, sorted(known), n=1)
    return f"did you mean {close[0]}?" if close else "funcyard check --list-rules lists them"
