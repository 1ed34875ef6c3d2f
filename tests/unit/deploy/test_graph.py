"""A graph orders resources, and tells everything that is wrong with it before the first call."""

from __future__ import annotations

import pytest
from tests.unit.deploy.boxes import Box, box

from funcyard.deploy.graph import Graph, GraphError, secrets_of
from funcyard.deploy.refs import Ref, SecretRef, Text


def test_each_resource_comes_after_what_it_depends_on_or_refers_to() -> None:
    connection = Text(("name=", Ref("b", "name"), ";key=", SecretRef("c", "key")))
    graph = Graph([box("a", settings=[{"value": connection}]), box("b", "c"), box("c")])

    assert list(graph.resources) == ["c", "b", "a"]
    assert graph.dependencies == {"a": {"b", "c"}, "b": {"c"}, "c": frozenset()}


def test_the_secrets_that_a_resource_holds_are_told() -> None:
    resource = box("a", key=SecretRef("b", "key"), text=Text((SecretRef("c", "key"), "!")))

    assert secrets_of(resource) == {SecretRef("b", "key"), SecretRef("c", "key")}


def test_a_circle_is_told_link_by_link() -> None:
    with pytest.raises(GraphError, match=r"circle: (\w) → (\w) → (\w) → \1") as told:
        Graph([box("a", "b"), box("b", "c"), box("c", "a")])

    assert told.value.exit_code == 2


def test_every_fault_of_a_graph_is_told_at_once() -> None:
    with pytest.raises(GraphError) as told:
        Graph(
            [
                box("a", "gone", x=Ref("lost", "name"), y=Ref("b", "nme"), z=SecretRef("b", "kee")),
                box("b"),
                box("b"),
                Box("c", "/boxes/b", {}),
            ]
        )

    assert told.value.message.split("; ") == [
        "two resources have the address b",
        "b and c are the same resource: /boxes/b",
        "a depends on gone, which is not there",
        "a refers to ${lost.name}, whose resource is not there",
        "a refers to ${b.nme}, which box does not give",
        "a refers to ${b:kee}, which box does not have",
    ]
