"""Models: what is DTDL, what is not and where, and which values fit."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.emulator.digitaltwins.graphs import interface, prop

from funcyard.emulator.digitaltwins.dtdl import linking
from funcyard.emulator.digitaltwins.dtdl.elements import ElementError
from funcyard.emulator.digitaltwins.dtdl.interface import is_of, whole
from funcyard.emulator.digitaltwins.dtdl.reading import interface_of
from funcyard.emulator.digitaltwins.dtdl.schemas import faults

_ENUM = {
    "@type": "Enum",
    "valueSchema": "integer",
    "enumValues": [{"name": "low", "enumValue": 1}, {"name": "high", "enumValue": 2}],
}
_OBJECT = {"@type": "Object", "fields": [{"name": "x", "schema": "double"}]}
_MAP = {
    "@type": "Map",
    "mapKey": {"name": "key", "schema": "string"},
    "mapValue": {"name": "value", "schema": _OBJECT},
}


def _known(*models: dict[str, Any]) -> dict[str, Any]:
    read = [interface_of(one)[0] for one in models]
    return {one.id: one for one in read}


def _linked(*models: dict[str, Any]) -> list[str]:
    known = _known(*models)
    return list(linking.faults(list(known.values()), known))


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ("boolean", True, 1),
        ("integer", 2**31 - 1, 2**31),
        ("integer", 4, True),
        ("long", -(2**63), 2**63),
        ("double", 4, "4"),
        ("string", "", None),
        ("date", "2026-02-28", "2026-02-30"),
        ("dateTime", "2026-02-28T23:59:59Z", "2026-02-28"),
        ("time", "23:59:59.5", "24:00:00"),
        ("duration", "P1DT2H", "PT"),
        ("duration", "PT0.5S", "P"),
        (_ENUM, 2, 3),
        (_ENUM, 1, True),
        (_OBJECT, {}, {"y": 1}),
        (_MAP, {"a": {"x": 1}}, {"a": {"x": "1"}}),
        (_MAP, {}, {"$a": {}}),
    ],
)
def test_values_fit_or_do_not(schema: Any, good: object, bad: object) -> None:  # noqa: ANN401 - JSON
    found, _ = interface_of(interface("Thing", prop("value", schema)))
    assert list(faults(good, found.properties["value"], "value")) == []
    assert len(list(faults(bad, found.properties["value"], "value"))) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"@id": "dtmi:test:Thing"}, "no model identifier"),
        ({"@context": "dtmi:dtdl:context;4"}, "'@context' is none of"),
        ({"@type": "Property"}, "'@type' is not 'Interface'"),
        ({"content": []}, "'content' is not known"),
        ({"extends": "Thing"}, "'extends' holds"),
        ({"displayName": 3}, "'displayName' is neither"),
        ({"contents": [prop("_x", "double")]}, "contents[0]: the name '_x'"),
        ({"contents": [prop("x", "number")]}, "'number' is no schema"),
        ({"contents": [prop("x", "double"), prop("x", "string")]}, "contents[1]: the name 'x' is"),
        ({"contents": [prop("x", {"@type": "Array", "elementSchema": "long"})]}, "no array"),
        ({"contents": [{"@type": "Property", "name": "x", "shema": "long"}]}, "'shema'"),
        ({"contents": [{"@type": "Thing", "name": "x"}]}, "not one of Command"),
        ({"contents": [{"@type": "Component", "name": "x", "schema": {}}]}, "identifier of a"),
        ({"contents": "x"}, "'contents' is no list"),
    ],
)
def test_a_fault_of_a_model_is_told_with_its_place(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ElementError) as refused:
        interface_of({**interface("Thing"), **changed})
    assert said in str(refused.value)


def test_schemas_that_lie_too_deep_are_refused() -> None:
    schema: Any = "double"
    for _ in range(7):
        schema = {"@type": "Object", "fields": [{"name": "x", "schema": schema}]}
    with pytest.raises(ElementError, match="deeper than 5"):
        interface_of(interface("Thing", prop("x", schema)))


def test_a_shared_schema_is_used_by_its_name() -> None:
    shared = {"@id": "dtmi:test:shared:point;1", **_OBJECT}
    model = interface("Thing", prop("at", "dtmi:test:shared:point;1"), schemas=[shared])
    found, _ = interface_of(model)
    assert list(faults({"x": 1}, found.properties["at"], "at")) == []


def test_an_interface_has_what_it_extends() -> None:
    base = interface("Base", prop("size", "long"))
    known = _known(base, interface("Thing", prop("label", "string"), extends=base["@id"]))
    assert set(whole("dtmi:test:Thing;1", known).properties) == {"size", "label"}
    assert is_of("dtmi:test:Thing;1", "dtmi:test:Base;1", known)
    assert not is_of("dtmi:test:Thing;1", "dtmi:test:Base;1", known, exact=True)
    assert not is_of("dtmi:test:Thing;1", "dtmi:test:Base;2", known)


def test_a_later_version_is_of_the_earlier_model() -> None:
    known = _known({**interface("Base"), "@id": "dtmi:test:Base;3"})
    assert is_of("dtmi:test:Base;3", "dtmi:test:Base;2", known)


def test_models_are_held_against_each_other() -> None:
    part = {"@type": "Component", "name": "part", "schema": "dtmi:test:Part;1"}
    deep = {"@type": "Component", "name": "deep", "schema": "dtmi:test:Deep;1"}
    assert _linked(interface("Thing", part)) == [
        "dtmi:test:Thing;1: dtmi:test:Part;1 does not exist"
    ]
    (nested,) = _linked(interface("Thing", part), interface("Part", deep), interface("Deep"))
    assert nested == "dtmi:test:Thing;1: the component 'part' holds components"
    one = interface("One", extends="dtmi:test:Two;1")
    assert len(_linked(one, interface("Two", extends="dtmi:test:One;1"))) == 2
    base = interface("Base", prop("size", "long"))
    (clash,) = _linked(base, interface("Thing", prop("size", "long"), extends=base["@id"]))
    assert "'size' is in dtmi:test:Thing;1 and in dtmi:test:Base;1" in clash


def _layers(count: int, width: int) -> list[dict[str, Any]]:
    """Return layers of models, each of which extends all of the layer above."""
    return [
        interface(
            f"L{layer}N{number}",
            **{"@context": "dtmi:dtdl:context;3"},
            extends=[f"dtmi:test:L{layer - 1}N{one};1" for one in range(width)] if layer else [],
        )
        for layer in range(count)
        for number in range(width)
    ]


@pytest.mark.parametrize(("count", "said"), [(11, ""), (12, "deeper than 10")])
def test_what_many_ways_lead_to_is_looked_at_once(count: int, said: str) -> None:
    read = [interface_of(one)[0] for one in _layers(count, 7)]
    found = list(linking.faults(read, {one.id: one for one in read}))
    assert all(said in one for one in found)
    assert len(found) == (7 if said else 0)


def test_a_model_that_extends_itself_is_told_in_however_many_ways_it_does() -> None:
    names = [f"dtmi:test:C{number};1" for number in range(40)]
    read = [
        interface_of(
            interface(
                f"C{number}",
                **{"@context": "dtmi:dtdl:context;3"},
                extends=[one for one in names if one != names[number]],
            )
        )[0]
        for number in range(40)
    ]
    found = list(linking.faults(read, {one.id: one for one in read}))
    assert len(found) == 40
    assert all("extends itself" in one for one in found)


def _shared(count: int) -> list[dict[str, Any]]:
    """Return schemas of which each holds the one before twice."""
    made: list[dict[str, Any]] = [{"@id": "dtmi:s:s0;1", "@type": "Object", "fields": []}]
    for number in range(1, count):
        inner = f"dtmi:s:s{number - 1};1"
        fields = [{"name": name, "schema": inner} for name in ("a", "b")]
        made.append({"@id": f"dtmi:s:s{number};1", "@type": "Object", "fields": fields})
    return made


def test_schemas_that_are_shared_lie_no_deeper_in_each_other() -> None:
    deepest = interface("M", prop("p", "dtmi:s:s4;1"), schemas=_shared(5))
    assert interface_of(deepest)[0].properties
    for count in (6, 30):
        schemas = _shared(count)
        with pytest.raises(ElementError, match="deeper than 5"):
            interface_of(interface("M", prop("p", schemas[-1]["@id"]), schemas=schemas))
