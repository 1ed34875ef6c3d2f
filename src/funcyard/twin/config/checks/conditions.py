"""What events' conditions mean: that they can be read, and that what they speak of is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.twin.config.checks.hierarchy import type_of
from funcyard.twin.config.checks.hints import devices_hint
from funcyard.twin.config.devices import Device, Devices
from funcyard.twin.config.events import Events
from funcyard.twin.config.files import DEVICES, EVENTS, HIERARCHY
from funcyard.twin.config.findings import Fault
from funcyard.twin.config.hierarchy import Content, Hierarchy
from funcyard.twin.rules.errors import ConditionError
from funcyard.twin.rules.judging import judge
from funcyard.twin.rules.parsing import parse
from funcyard.twin.rules.tree import Constant, DataType, Operand, Path, paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.config.json_tree import Node
    from funcyard.twin.config.parts import Parts


def unreadable(root: Node) -> Iterator[tuple[Fault, Node]]:
    """Yield a fault for each condition that cannot be read, with its place.

    Args:
        root: The tree of the file of events: whatever is wrong with an event besides is no matter.
    """
    for event in root.items:
        node = event.entries.get("condition")
        if node is None or not isinstance(node.value, str) or not node.value:
            continue
        try:
            parse(node.value)
        except ConditionError as fault:
            told = Fault(EVENTS, node.path, fault.message, fault.hint, offset=fault.position)
            yield told, node


def check(parts: Parts) -> Iterator[Fault]:
    """Yield every fault of conditions that can be read."""
    events, devices = parts.get(Events), parts.get(Devices)
    if not (devices and parts.is_whole(DEVICES) and parts.is_whole(HIERARCHY)):
        return
    known = _known(devices.root, parts.get(Hierarchy))
    for number, event in enumerate(events.root if events else ()):
        for fault in _faults(event.condition, known):
            path = (number, "condition")
            yield Fault(EVENTS, path, fault.message, fault.hint, offset=fault.position)


def _faults(text: str, known: _Known) -> Iterator[ConditionError]:
    try:
        condition = parse(text)
    except ConditionError:
        return  # told by ``unreadable``
    for path in paths(condition):
        if told := known.lack(path):
            yield ConditionError(told[0], text, path.position, told[1])
    yield from judge(condition, text, known.type_of)


def _known(devices: tuple[Device, ...], graph: Hierarchy | None) -> _Known:
    twins = {one.id: one.metadata.model for one in graph.twins} if graph else {}
    return _Known({one.id: one for one in devices}, twins, graph)


@dataclass(frozen=True, slots=True)
class _Known:
    """What conditions may speak of.

    Attributes:
        devices: Every device, by id.
        twins: The model of every twin, by id.
        graph: The graph, None where there is none to look at: devices alone are known then.
    """

    devices: dict[str, Device]
    twins: dict[str, str]
    graph: Hierarchy | None

    def lack(self, path: Path) -> tuple[str, str | None] | None:
        """Return message and hint where a path leads nowhere."""
        names = self._names(path)
        if names is None:
            return f"there is no twin or device {path.entity}", devices_hint(self.devices)
        if path.component is not None and not names:
            return f"{path.entity} has no component {path.component}", None
        if path.name not in names:
            owner = f"{path.entity}.{path.component}" if path.component else path.entity
            return f"{owner} has no property {path.name}", f"it has {', '.join(names)}"
        return None

    def type_of(self, operand: Operand) -> DataType | None:
        """Return an operand's type, None where it is not known."""
        if isinstance(operand, Constant):
            return operand.data_type
        return (self._names(operand) or {}).get(operand.name)

    def _names(self, path: Path) -> dict[str, DataType | None] | None:
        """Return the properties beside a path's own with their types; None for no such entity."""
        device = self.devices.get(path.entity)
        model = self.twins.get(device.twin if device else path.entity)
        if self.graph is None or model is None:
            return None if device is None else _of_device(device, path)
        contents = list(self.graph.contents_of(model))
        if path.component is not None:
            contents = list(self._inside(contents, path.component))
        return {one.name: type_of(one.of) for one in contents if "Property" in one.types}

    def _inside(self, contents: list[Content], component: str) -> Iterator[Content]:
        for one in contents:
            if one.name == component and "Component" in one.types and isinstance(one.of, str):
                yield from self.graph.contents_of(one.of) if self.graph else ()


def _of_device(device: Device, path: Path) -> dict[str, DataType | None]:
    if path.component is not None:
        return {}
    types: dict[str, DataType | None] = {one.name: one.data_type for one in device.properties}
    return types | {one.name: one.data_type for one in device.const_properties}
