"""Schemas in DTDL documents, versions 2 and 3, read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.digitaltwins.dtdl.schemas import (
    PRIMITIVES,
    ArraySchema,
    EnumSchema,
    MapSchema,
    ObjectSchema,
    Primitive,
    Schema,
    levels,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.digitaltwins.dtdl.elements import Element

_DEEPEST: Final = {2: 5, 3: 8}
_MOST_FIELDS: Final = 30
_MOST_VALUES: Final = 100


def schema_of(
    given: object, at: Element, shared: Mapping[str, Schema], *, depth: int = 0
) -> Schema:
    """Return a schema.

    Args:
        given: A primitive's name, the id of a shared schema, or an object.
        at: What it belongs to.
        shared: The schemas that the interface names.
        depth: In how many others it is.

    Raises:
        ElementError: It is none.
    """
    if isinstance(given, str):
        if given in PRIMITIVES:
            return Primitive(given)
        if given in shared:
            if depth + levels(shared[given]) > _DEEPEST[at.version]:
                raise at.fault(f"schemas lie deeper than {_DEEPEST[at.version]} in each other")
            return shared[given]
        raise at.fault(f"'{given}' is no schema: one of {', '.join(PRIMITIVES)}, or one of its own")
    element = at.child(given, "schema")
    if depth >= _DEEPEST[at.version]:
        raise element.fault(f"schemas lie deeper than {_DEEPEST[at.version]} in each other")
    kinds = [one for one in element.types if one in _READERS]
    if len(kinds) != 1:
        raise element.fault(f"'@type' is none of {', '.join(_READERS)}")
    return _READERS[kinds[0]](element, shared, depth + 1)


def _array(element: Element, shared: Mapping[str, Schema], depth: int) -> Schema:
    element.check("elementSchema")
    inner = schema_of(element.body.get("elementSchema"), element, shared, depth=depth)
    return ArraySchema(inner)


def _map(element: Element, shared: Mapping[str, Schema], depth: int) -> Schema:
    element.check("mapKey", "mapValue")
    key = element.child(element.body.get("mapKey"), "mapKey")
    value = element.child(element.body.get("mapValue"), "mapValue")
    for one in (key, value):
        one.check("name", "schema")
        one.name()
    if key.body.get("schema") != "string":
        raise key.fault("keys are strings")
    return MapSchema(schema_of(value.body.get("schema"), value, shared, depth=depth))


def _object(element: Element, shared: Mapping[str, Schema], depth: int) -> Schema:
    element.check("fields")
    found: dict[str, Schema] = {}
    for one in element.children("fields", _MOST_FIELDS):
        one.check("name", "schema")
        name = one.name()
        if name in found:
            raise one.fault(f"the name '{name}' is there twice")
        found[name] = schema_of(one.body.get("schema"), one, shared, depth=depth)
    return ObjectSchema(tuple(found.items()))


def _enum(element: Element, _shared: Mapping[str, Schema], _depth: int) -> Schema:
    element.check("enumValues", "valueSchema")
    kind = {"string": str, "integer": int}.get(str(element.body.get("valueSchema")))
    if kind is None:
        raise element.fault("'valueSchema' is neither 'string' nor 'integer'")
    names: set[str] = set()
    values: list[str | int] = []
    for one in element.children("enumValues", _MOST_VALUES):
        one.check("name", "enumValue")
        name, value = one.name(), one.body.get("enumValue")
        if type(value) is not kind:
            raise one.fault(f"'enumValue' is no {element.body['valueSchema']}")
        assert isinstance(value, str | int)  # noqa: S101 - one of these kinds
        if name in names or value in values:
            raise one.fault(f"'{name}' or its value is there twice")
        names.add(name)
        values.append(value)
    if not values:
        raise element.fault("'enumValues' is empty")
    return EnumSchema(tuple(values))


_READERS: Final = {"Array": _array, "Enum": _enum, "Map": _map, "Object": _object}
