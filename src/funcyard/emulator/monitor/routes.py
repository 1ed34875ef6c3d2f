"""Questions for metrics of a resource, and for what metrics it has.

The shapes of answers are those that Microsoft recorded of both, the costs included: a count of the
minutes of each metric and aggregation.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import errors, placing
from funcyard.emulator.core.regions import region
from funcyard.emulator.core.target import read
from funcyard.emulator.http import Answer
from funcyard.emulator.monitor.asking import (
    Question,
    check_namespace,
    parameters,
    read_question,
)
from funcyard.emulator.monitor.errors import bad
from funcyard.emulator.monitor.series import WORDS, Series, foremost, series_of
from funcyard.emulator.monitor.spans import GRAINS, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json, Kept
    from funcyard.emulator.monitor.models import Metered, Metric, Value

METRICS: Final = "microsoft.insights/metrics"
DEFINITIONS: Final = "microsoft.insights/metricdefinitions"
VERSIONS: Final = (
    "2024-02-01",
    "2023-10-01",
    "2021-05-01",
    "2019-07-01",
    "2018-01-01",
)
_RETENTION: Final = "P93D"


async def list_metrics(call: Call) -> Answer:
    """Return values of a resource's metrics.

    Raises:
        ArmError: The resource is not there or has none, or what is asked means nothing.
    """
    call.check_version(METRICS, VERSIONS)
    kept, metered = _metered(call)
    query, now = call.request.query, call.core.clock.time()
    question = read_question(query, kept.type, metered.metrics, now)
    span = question.span
    values = await metered.values(call.core, kept, span.first, span.stop)
    wanted = [one for one in values if question.wanted.holds(one.dimensions)]
    told: Json = {"timespan": str(span)}
    if question.has_data:
        aggregations = sum(len(question.words) or 1 for _ in question.metrics)
        cost = (span.lasts - 1) * aggregations
        told = {"cost": cost, **told, "interval": question.grain.name}
    shown = [_shown(kept, one, question, wanted) for one in question.metrics]
    where = region(str(kept.body.get("location", "")))
    return Answer(
        200,
        {**told, "value": shown, "namespace": question.namespace, "resourceregion": where},
    )


async def list_definitions(call: Call) -> Answer:
    """Return the metrics of a resource.

    Raises:
        ArmError: The resource is not there or has none, or the namespace is another.
    """
    call.check_version(DEFINITIONS, VERSIONS)
    kept, metered = _metered(call)
    told = parameters(call.request.query)
    namespace = check_namespace(told.get("metricnamespace", ""), kept.type)
    listed = [_definition(kept, namespace, one) for one in metered.metrics]
    return Answer(200, {"value": listed})


def _metered(call: Call) -> tuple[Kept, Metered]:
    target, word = read(call.named.scope)
    if target is None or word is not None or not target.names:
        raise errors.unknown_address(call.request.path)
    kind = call.core.registry.find(target.type)
    placing.check_group(call.core, target, kind, to_write=False)
    kept = call.core.store.find(target.key)
    if kept is None:
        raise placing.absent(kind, placing.spelled(target, kind))
    if kind.metered is None:
        raise bad(f"The local Azure has no metrics of {kind.name}.")
    return kept, kind.metered


def _shown(kept: Kept, metric: Metric, question: Question, values: Iterable[Value]) -> Json:
    own = (one for one in values if one.metric == metric.name)
    grain, start = question.grain, question.span.first
    found = series_of(own, question.split(metric), start, grain.seconds)
    first = foremost(found, question.order, question.top)
    words = question.words or (metric.primary.lower(),)
    return {
        "id": f"{kept.id}/providers/Microsoft.Insights/metrics/{metric.name}",
        "type": "Microsoft.Insights/metrics",
        "name": _named(metric.name, metric.display),
        "displayDescription": metric.description,
        "unit": metric.unit,
        "timeseries": [_series(one, question, words) for one in first],
        "errorCode": "Success",
    }


def _series(series: Series, question: Question, words: Iterable[str]) -> Json:
    apart = [{"name": _named(name), "value": value} for name, value in series.dimensions.items()]
    if not question.has_data:
        return {"metadatavalues": apart}
    span, length = question.span, question.grain.seconds
    words = tuple(words)
    data = [
        {"timeStamp": written(span.first + number * length), **series.at(number, words)}
        for number in range(math.ceil((span.stop - span.first) / length))
    ]
    return {"metadatavalues": apart, "data": data}


def _definition(kept: Kept, namespace: str, metric: Metric) -> Json:
    return {
        "id": f"{kept.id}/providers/microsoft.insights/metricdefinitions/{metric.name}",
        "resourceId": kept.id,
        "namespace": namespace,
        "category": metric.category,
        "name": _named(metric.name, metric.display),
        "displayDescription": metric.description,
        "isDimensionRequired": False,
        "unit": metric.unit,
        "primaryAggregationType": metric.primary,
        "supportedAggregationTypes": [one.capitalize() for one in WORDS],
        "metricAvailabilities": [{"timeGrain": one, "retention": _RETENTION} for one in GRAINS],
        "dimensions": [_named(one) for one in metric.dimensions],
    }


def _named(value: str, display: str | None = None) -> Json:
    return {"value": value, "localizedValue": value if display is None else display}
