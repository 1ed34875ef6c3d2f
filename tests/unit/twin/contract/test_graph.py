from __future__ import annotations

import pytest

from funcyard.twin.contract.graph import GraphRoute, graph_route
from funcyard.twin.contract.info import TwinInfo


@pytest.mark.parametrize(
    ("acquiring", "processing", "graph", "plain", "processed"),
    [
        ("azure", "azure", "azure", GraphRoute.EVENTS, GraphRoute.DIRECT),
        ("azure", "azure:b", "azure", GraphRoute.EVENTS, GraphRoute.PUSHED),
        ("azure", "azure:b", "azure:b", GraphRoute.DIRECT, GraphRoute.DIRECT),
        ("azure", "azure", "azure:b", GraphRoute.PUSHED, GraphRoute.PUSHED),
        ("azure", "azure", "aws", GraphRoute.PULLED, GraphRoute.PULLED),
        ("aws", "aws", "aws", GraphRoute.PULLED, GraphRoute.PULLED),
    ],
)
def test_exactly_one_tells_the_graph_of_a_reading(
    acquiring: str, processing: str, graph: str, plain: GraphRoute, processed: GraphRoute
) -> None:
    clouds = {
        "layer_1_provider": acquiring,
        "layer_2_provider": processing,
        "layer_4_provider": graph,
    }
    info = TwinInfo("n", debug=False, hot_days=1, cold_days=2, clouds=clouds)

    routes = [graph_route(info, has_processor=one) for one in (False, True)]

    assert routes == [plain, processed]
