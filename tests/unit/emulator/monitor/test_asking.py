"""Questions for metrics, read from their parameters."""

from __future__ import annotations

from typing import Final

import pytest

from funcyard.emulator.monitor.asking import Question, read_question
from funcyard.emulator.monitor.errors import MetricsError
from funcyard.emulator.monitor.models import Metric

_KIND: Final = "Microsoft.App/containerApps"


def _metric(name: str, *dimensions: str) -> Metric:
    words = {"display": name, "description": "", "unit": "Count", "primary": "Average"}
    return Metric(name=name, dimensions=dimensions, **words)


_METRICS: Final = (_metric("Used", "revision", "pod"), _metric("Replicas", "revision"))


def _asked(**parameters: str) -> Question:
    query = {name.replace("filter", "$filter"): value for name, value in parameters.items()}
    return read_question(query, _KIND, _METRICS, 1_800_000_000.0)


def test_what_is_not_said_is_as_azure_has_it() -> None:
    question = _asked()
    assert [one.name for one in question.metrics] == ["Used"]
    assert (question.namespace, question.top, question.words) == (_KIND, 10, ())
    assert (question.order, question.has_data) == (None, True)
    assert question.split(_METRICS[0]) == []


def test_names_are_read_whatever_their_case() -> None:
    question = _asked(
        METRICNAMES="replicas, used,Replicas",
        Aggregation="Total,average,TOTAL",
        metricNamespace="microsoft.app/containerapps",
        orderBy="sum desc",
        top="3",
        resultType="metadata",
    )
    assert [one.name for one in question.metrics] == ["Replicas", "Used"]
    assert question.words == ("total", "average")
    assert question.namespace == "microsoft.app/containerapps"
    assert (question.order, question.top, question.has_data) == (("total", True), 3, False)


def test_dimensions_that_are_named_tell_values_apart_unless_they_are_rolled_up() -> None:
    text = "Revision eq '*' and Pod eq '*'"
    assert _asked(filter=text).split(_METRICS[0]) == ["Revision", "Pod"]
    assert _asked(filter=text, rollupby="pod").split(_METRICS[0]) == ["Revision"]


def test_a_dimension_that_one_metric_lacks_is_refused_unless_that_is_not_checked() -> None:
    wanted = {"metricnames": "Used,Replicas", "filter": "pod eq '*'"}
    with pytest.raises(MetricsError, match="Metric: Replicas does not support"):
        _asked(**wanted)
    question = _asked(**wanted, ValidateDimensions="false")
    assert question.split(_METRICS[1]) == []


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"metricnames": "Used,None"}, "metric: None, Valid metrics: Used,Replicas"),
        ({"metricnamespace": "Microsoft.Web/sites"}, "no metric namespace"),
        ({"aggregation": "median"}, "'median' is none of average"),
        ({"top": "0"}, "no count"),
        ({"top": "-1"}, "no count"),
        ({"orderby": "revision asc"}, "no order"),
        ({"orderby": "average sideways"}, "no order"),
        ({"resultType": "all"}, "neither Data nor Metadata"),
        ({"AutoAdjustTimegrain": "perhaps"}, "neither true nor false"),
    ],
)
def test_what_means_nothing_is_refused(parameters: dict[str, str], said: str) -> None:
    with pytest.raises(MetricsError) as refused:
        _asked(**parameters)
    assert refused.value.status == 400
    assert said in refused.value.message
