from __future__ import annotations

import pytest

from funcyard.twin.contract.graph import GraphRoute, graph_route
from funcyard.twin.contract.info import DeviceInfo, TwinInfo


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
    devices = {"plain": DeviceInfo("t", {}), "own": DeviceInfo("u", {}, has_processor=True)}
    info = TwinInfo("n", debug=False, hot_days=1, cold_days=2, clouds=clouds, devices=devices)

    routes = [graph_route(info, device) for device in ("plain", "own", "unknown")]

    assert routes == [plain, processed, plain]
