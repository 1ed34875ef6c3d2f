"""What nodes hold, against what Azure itself answered: a recorded list of its profile types."""

from __future__ import annotations

import json
from pathlib import Path

from funcyard.capacity.profiles import consumption, nodes

ANSWER = Path(__file__).parent / "workload_profiles" / "available.json"


def test_nodes_are_as_large_as_azure_says() -> None:
    answered = {
        item["name"]: item["properties"] for item in json.loads(ANSWER.read_text())["value"]
    }
    shared = answered.pop("Consumption")
    told = {name: (int(node.cpu), int(node.memory)) for name, node in nodes().items()}
    assert told == {name: (of["cores"], of["memoryGiB"]) for name, of in answered.items()}
    assert (consumption().most, consumption().most * consumption().ratio) == (
        shared["cores"],
        shared["memoryGiB"],
    )
