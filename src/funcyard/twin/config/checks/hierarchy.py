"""What holds of the graph: every end is there, and it can show what the devices measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.twin.config.devices import ConstProperty, Device, Devices, Property, fits
from funcyard.twin.config.files import DEVICES, HIERARCHY
from funcyard.twin.config.findings import Fault
from funcyard.twin.config.hierarchy import Content, Hierarchy, Relationship

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.config.parts import Parts
    from funcyard.twin.rules.tree import DataType

SCHEMAS: Final[dict[DataType, tuple[str, ...]]] = {
    "DOUBLE": ("double", "float"),
    "INTEGER": ("integer", "long"),
    "STRING": ("string",),
    "BOOLEAN": ("boolean",),
}
"""The schemas of DTDL that hold values of a type."""


def check(parts: Parts) -> Iterator[Fault]:
    """Yield every fault of the graph."""
    graph = parts.get(Hierarchy)
    if graph is None:
        return
    yield from _models(graph)
    whole = parts.is_whole(HIERARCHY)
    yield from _twins(graph, whole=whole)
    if whole:
        yield from _referred(graph)
        yield from _values(graph)
        yield from _relationships(graph)
        devices = parts.get(Devices)
        models = {twin.id: twin.metadata.model for twin in graph.twins}
        for number, device in enumerate(devices.root if devices else ()):
            yield from _device(graph, number, device, models.get(device.twin))


def _models(graph: Hierarchy) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, model in enumerate(graph.models):
        path = ("models", number)
        if model.id in seen:
            yield Fault(HIERARCHY, (*path, "@id"), f"the model {model.id} comes twice")
        seen.add(model.id)
        if not model.is_known_dtdl:
            hint = "write dtmi:dtdl:context;3"
            yield Fault(HIERARCHY, (*path, "@context"), "is neither DTDL 2 nor 3", hint)


def _twins(graph: Hierarchy, *, whole: bool) -> Iterator[Fault]:
    models = {model.id for model in graph.models}
    seen: set[str] = set()
    for number, twin in enumerate(graph.twins):
        if twin.id in seen:
            yield Fault(HIERARCHY, ("twins", number, "$dtId"), f"the twin {twin.id} comes twice")
        seen.add(twin.id)
        if whole and twin.metadata.model not in models:
            path = ("twins", number, "$metadata", "$model")
            yield Fault(HIERARCHY, path, f"there is no model {twin.metadata.model}")


def _referred(graph: Hierarchy) -> Iterator[Fault]:
    """Yield a fault for each model that another is made of and that is not there."""
    models = {model.id for model in graph.models}
    for number, model in enumerate(graph.models):
        for name in model.extends:
            if name not in models:
                path = ("models", number, "extends")
                yield Fault(HIERARCHY, path, f"there is no model {name}")
        for at, one in enumerate(model.contents):
            if "Component" in one.types and not (isinstance(one.of, str) and one.of in models):
                where = ("models", number, "contents", at, "schema")
                yield Fault(HIERARCHY, where, f"the component {one.name} is of no model here")


def _values(graph: Hierarchy) -> Iterator[Fault]:
    """Yield a fault for each value of a twin that its model does not declare, or not so."""
    models = {model.id for model in graph.models}
    declared = {name: {one.name: one for one in graph.contents_of(name)} for name in models}
    for number, twin in enumerate(graph.twins):
        contents = declared.get(twin.metadata.model)
        for name, value in (twin.model_extra or {}).items():
            if contents is None or name.startswith("$"):
                continue
            path, content = ("twins", number, name), contents.get(name)
            if content is None or not {"Property", "Component"} & set(content.types):
                yield Fault(HIERARCHY, path, f"{twin.metadata.model} declares no property {name}")
            elif (wanted := type_of(content.of)) and not fits(value, wanted):
                kind = content.of if isinstance(content.of, str) else wanted
                yield Fault(HIERARCHY, path, f"is no {kind}, as {name} is")


def _relationships(graph: Hierarchy) -> Iterator[Fault]:
    twins = {twin.id: twin.metadata.model for twin in graph.twins}
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(graph.relationships):
        path = ("relationships", number)
        if (one.source, one.id) in seen:
            message = f"{one.source} has a relationship {one.id} already"
            yield Fault(HIERARCHY, (*path, "$relationshipId"), message)
        seen.add((one.source, one.id))
        for field, end in (("$dtId", one.source), ("$targetId", one.target)):
            if end not in twins:
                yield Fault(HIERARCHY, (*path, field), f"there is no twin {end}")
        if one.source in twins:
            yield from _declared(graph, one, twins[one.source], number)


def _declared(graph: Hierarchy, one: Relationship, model: str, number: int) -> Iterator[Fault]:
    names = [item.name for item in graph.contents_of(model) if "Relationship" in item.types]
    if one.name not in names:
        path = ("relationships", number, "$relationshipName")
        hint = f"it declares {', '.join(names)}" if names else None
        yield Fault(HIERARCHY, path, f"{model} declares no relationship {one.name}", hint)


def _device(graph: Hierarchy, number: int, device: Device, model: str | None) -> Iterator[Fault]:
    if model is None:
        path = (number, "twinId" if device.twin_id else "id")
        message = f"there is no twin {device.twin} in {HIERARCHY}"
        yield Fault(DEVICES, path, message, "add one, or name it by twinId")
        return
    contents = {item.name: item for item in graph.contents_of(model)}
    kinds: dict[str, tuple[Property | ConstProperty, ...]] = {
        "properties": device.properties,
        "constProperties": device.const_properties,
    }
    for kind, properties in kinds.items():
        for at, one in enumerate(properties):
            where = (number, kind, at, "name")
            yield from _shown(where, one, contents.get(one.name), model)


def _shown(
    path: tuple[str | int, ...], one: Property | ConstProperty, content: Content | None, model: str
) -> Iterator[Fault]:
    fitting = SCHEMAS[one.data_type]
    declare = f"declare a Property of schema {' or '.join(fitting)}"
    if content is None:
        yield Fault(DEVICES, path, f"{model} does not declare {one.name}", declare)
    elif "Property" not in content.types:
        kinds = " ".join(content.types)
        message = f"{one.name} is a {kinds} of {model}: a twin keeps properties only"
        yield Fault(DEVICES, path, message, declare)
    elif type_of(content.of) != one.data_type:
        schema = content.of if isinstance(content.of, str) else "another schema"
        message = f"{one.name} is {schema} in {model}, and {one.data_type} here"
        yield Fault(DEVICES, path, message, declare)


def type_of(schema: Any) -> DataType | None:  # noqa: ANN401 - DTDL
    """Return the type of a schema's values, those of an enumeration among them; None of others."""
    if isinstance(schema, dict) and schema.get("@type") == "Enum":
        schema = schema.get("valueSchema")
    return next((one for one, schemas in SCHEMAS.items() if schema in schemas), None)
