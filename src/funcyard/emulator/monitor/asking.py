"""A question for metrics, read from its parameters.

https://learn.microsoft.com/rest/api/monitor/metrics/list
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.digits import whole_number
from funcyard.emulator.monitor import errors
from funcyard.emulator.monitor.filters import Filter, read_filter
from funcyard.emulator.monitor.series import WORDS
from funcyard.emulator.monitor.spans import Grain, Span, read_grain, read_span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.emulator.monitor.models import Metric

_TOP: Final = 10
_ORDER: Final = re.compile(r"(\w+)(?:\s+(asc|desc))?", re.IGNORECASE)
_FLAGS: Final = {"": False, "false": False, "true": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        metrics: Of which metrics, in the order of the question.
        namespace: Of them, as it was asked.
        span: Of what time.
        grain: By which intervals.
        words: How values of an interval are aggregated; nothing is as each metric has it.
        wanted: Of which dimensions.
        rolled: Dimensions that tell values apart no more.
        top: How many series there may be of a metric.
        order: By which aggregation series are ordered, and whether the largest is the first.
        has_data: Whether values are wanted, and not dimensions alone.
    """

    metrics: tuple[Metric, ...]
    namespace: str
    span: Span
    grain: Grain
    words: tuple[str, ...]
    wanted: Filter
    rolled: frozenset[str]
    top: int
    order: tuple[str, bool] | None
    has_data: bool

    def split(self, metric: Metric) -> list[str]:
        """Return the dimensions by which a metric's values are told apart."""
        known = {one.lower() for one in metric.dimensions} - self.rolled
        return [one for one in self.wanted.names if one.lower() in known]


def parameters(query: Mapping[str, str]) -> dict[str, str]:
    """Return parameters by their names in lower case, for that does not count."""
    return {name.lower(): value for name, value in query.items()}


def read_question(
    query: Mapping[str, str], kind: str, metrics: Sequence[Metric], now: float
) -> Question:
    """Return what parameters ask of a type's metrics.

    Args:
        query: The parameters.
        kind: The type.
        metrics: What it has.
        now: The time of day.

    Raises:
        MetricsError: One of them means nothing, or there is no such metric, dimension or interval.
    """
    told = parameters(query)
    namespace = check_namespace(told.get("metricnamespace", ""), kind)
    chosen = _metrics(told.get("metricnames", ""), kind, metrics)
    wanted = read_filter(told.get("$filter", ""))
    if _flag(told, "validatedimensions", usual=True):
        for one in chosen:
            known = {name.lower() for name in one.dimensions}
            if not {name.lower() for name in wanted.names} <= known:
                raise errors.unknown_dimension(one.name, wanted.names, one.dimensions)
    span = read_span(told.get("timespan", ""), now)
    adjusts = _flag(told, "autoadjusttimegrain", usual=False)
    return Question(
        metrics=chosen,
        namespace=namespace,
        span=span,
        grain=read_grain(told.get("interval", ""), span, adjusts=adjusts),
        words=_words(told.get("aggregation", "")),
        wanted=wanted,
        rolled=frozenset(_listed(told.get("rollupby", "").lower())),
        top=_top(told.get("top", "")),
        order=_order(told.get("orderby", "")),
        has_data=_has_data(told.get("resulttype", "")),
    )


def check_namespace(text: str, kind: str) -> str:
    """Return the namespace of a type's metrics, as it was asked.

    Raises:
        MetricsError: It is another.
    """
    if text and text.lower() != kind.lower():
        raise errors.bad(f"There is no metric namespace '{text}' of {kind}.")
    return text or kind


def _metrics(text: str, kind: str, metrics: Sequence[Metric]) -> tuple[Metric, ...]:
    known = {one.name.lower(): one for one in metrics}
    names = _listed(text)
    for name in names:
        if name.lower() not in known:
            raise errors.unknown_metric(kind, name, (one.name for one in metrics))
    chosen = {name.lower(): known[name.lower()] for name in names}
    return tuple(chosen.values()) or tuple(metrics[:1])


def _words(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(_listed(text.lower())))
    for word in words:
        if word not in WORDS:
            raise errors.bad(f"Aggregation '{word}' is none of {', '.join(WORDS)}.")
    return words


def _top(text: str) -> int:
    found = whole_number(text) if text else _TOP
    if not found:
        raise errors.bad(f"The value '{text}' of top is no count.")
    return found


def _order(text: str) -> tuple[str, bool] | None:
    if not text.strip():
        return None
    found = _ORDER.fullmatch(text.strip())
    word = "" if found is None else {"sum": "total"}.get(found[1].lower(), found[1].lower())
    if found is None or word not in WORDS:
        raise errors.bad(f"'{text}' is no order: AGGREGATION asc or desc is expected.")
    return word, (found[2] or "asc").lower() == "desc"


def _has_data(text: str) -> bool:
    if text.lower() not in ("", "data", "metadata"):
        raise errors.bad(f"The value '{text}' of resultType is neither Data nor Metadata.")
    return text.lower() != "metadata"


def _flag(told: Mapping[str, str], name: str, *, usual: bool) -> bool:
    text = told.get(name, str(usual)).lower()
    if text not in _FLAGS:
        raise errors.bad(f"The value '{text}' of {name} is neither true nor false.")
    return _FLAGS[text]


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
