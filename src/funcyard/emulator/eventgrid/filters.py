"""Whether a subscription's filter lets an event through.

The operators, what counts where an event has no such key, and the limits are documented:
https://learn.microsoft.com/azure/event-grid/event-filtering
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.eventgrid import errors
from funcyard.emulator.eventgrid.events import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.eventgrid.events import Event

    Test = Callable[[Any, Any], bool]

_MOST_FILTERS: Final = 25
_MOST_VALUES: Final = 25
_LONGEST: Final = 512
_ENDS: Final = 2

_TESTS: Final[dict[str, Test]] = {
    "numberin": lambda found, wanted: bool(found == wanted),
    "numberlessthan": lambda found, wanted: bool(found < wanted),
    "numbergreaterthan": lambda found, wanted: bool(found > wanted),
    "numberlessthanorequals": lambda found, wanted: bool(found <= wanted),
    "numbergreaterthanorequals": lambda found, wanted: bool(found >= wanted),
    "numberinrange": lambda found, wanted: bool(wanted[0] <= found <= wanted[1]),
    "boolequals": lambda found, wanted: bool(found is wanted),
    "stringin": lambda found, wanted: found.lower() == wanted.lower(),
    "stringcontains": lambda found, wanted: wanted.lower() in found.lower(),
    "stringbeginswith": lambda found, wanted: found.lower().startswith(wanted.lower()),
    "stringendswith": lambda found, wanted: found.lower().endswith(wanted.lower()),
}
_MATCH_WITHOUT: Final = {"numbernotin", "stringnotin"}
"""The operators that hold of an event without the key; the others do not."""


def check(given: Json) -> None:
    """Refuse a filter that cannot be meant.

    Raises:
        ArmError: Says why.
    """
    advanced = given.get("advancedFilters") or []
    if len(advanced) > _MOST_FILTERS:
        raise errors.invalid(f"At most {_MOST_FILTERS} advanced filters are allowed.")
    values = [one for filter_ in advanced for one in _values(filter_)]
    if len(values) > _MOST_VALUES:
        raise errors.invalid(f"At most {_MOST_VALUES} values are allowed in all advanced filters.")
    if any(isinstance(one, str) and len(one) > _LONGEST for one in values):
        raise errors.invalid(f"A value of an advanced filter has at most {_LONGEST} characters.")
    for filter_ in advanced:
        _check(filter_)


def _check(filter_: Json) -> None:
    operator = str(filter_["operatorType"])
    if not filter_.get("key"):
        raise errors.invalid(f"The advanced filter '{operator}' has no key.")
    if operator.lower() in {"isnullorundefined", "isnotnull"}:
        return
    values = _values(filter_)
    if not values:
        raise errors.invalid(f"The advanced filter '{operator}' has nothing to compare with.")
    if operator.lower().endswith("inrange"):
        for ends in values:
            if len(ends) != _ENDS or not ends[0] <= ends[1]:
                raise errors.invalid(f"{ends} is no range: a lower and an upper end are expected.")


def lets_through(filter_: Json, event: Event) -> bool:
    """Whether an event passes a filter: its type, its subject, and all advanced filters."""
    types = {str(one).lower() for one in filter_.get("includedEventTypes") or ()}
    if types and "all" not in types and event.type.lower() not in types:
        return False
    begins, ends = filter_.get("subjectBeginsWith") or "", filter_.get("subjectEndsWith") or ""
    subject = event.subject
    if not filter_.get("isSubjectCaseSensitive"):
        begins, ends, subject = begins.lower(), ends.lower(), subject.lower()
    if not (subject.startswith(begins) and subject.endswith(ends)):
        return False
    on_arrays = bool(filter_.get("enableAdvancedFilteringOnArrays"))
    return all(
        _holds(one, event, on_arrays=on_arrays) for one in filter_.get("advancedFilters") or ()
    )


def _holds(filter_: Json, event: Event, *, on_arrays: bool) -> bool:
    operator = str(filter_["operatorType"]).lower()
    found = event.value(str(filter_["key"]))
    is_null = found is MISSING or found is None
    if operator in {"isnullorundefined", "isnotnull"}:
        return is_null is (operator == "isnullorundefined")
    if is_null:
        return operator in _MATCH_WITHOUT
    is_not = "not" in operator
    test = _TESTS[operator.replace("not", "", 1)]
    candidates = found if isinstance(found, list) and on_arrays else [found]
    matches = any(
        test(one, wanted) for one in _of_kind(operator, candidates) for wanted in _values(filter_)
    )
    return matches is not is_not


def _of_kind(operator: str, values: Iterable[object]) -> list[Any]:
    """Return the values that an operator compares; others are passed over."""
    if operator.startswith("bool"):
        return [one for one in values if isinstance(one, bool)]
    if operator.startswith("number"):
        return [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    return [one for one in values if isinstance(one, str)]


def _values(filter_: Json) -> list[Any]:
    many = filter_.get("values")
    if many is not None:
        return list(many)
    one = filter_.get("value")
    return [] if one is None else [one]
