"""Graphs in a folder, for tests of what reads and changes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from funcyard.emulator.digitaltwins.dtdl.reading import interface_of
from funcyard.emulator.digitaltwins.graph import Graph
from funcyard.emulator.digitaltwins.store import GraphStore

NOW = "2026-01-02T03:04:05.0000000Z"


def interface(name: str, *contents: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "@id": f"dtmi:test:{name};1",
        "@type": "Interface",
        "@context": "dtmi:dtdl:context;2",
        "contents": list(contents),
        **more,
    }


def prop(name: str, schema: object) -> dict[str, Any]:
    return {"@type": "Property", "name": name, "schema": schema}


def graph(folder: Path, *models: dict[str, Any]) -> Graph:
    """Return a graph with models; its store is the caller's to close."""
    store = GraphStore(folder / "graph.sqlite")
    for one in models:
        read, _ = interface_of(one)
        store.save_model(read.id, {"model": one, "decommissioned": False})
    return Graph(store, lambda: NOW)
