"""``config_iot_devices.json``: which devices there are, and what they measure."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import (
    Field,
    RootModel,
    SkipValidation,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from funcyard.twin.config.base import STRICT, DeviceId, Part, PropertyName, refusal
from funcyard.twin.rules import tree

DataType: TypeAlias = tree.DataType

Scalar = Annotated[
    bool | int | float | str,
    SkipValidation,
    WithJsonSchema({"type": ["boolean", "number", "string"]}),
]
"""A value, judged by the dataType beside it."""

_LARGEST = 2**63
_MEANT = {
    "DOUBLE": "a number",
    "INTEGER": "a whole number of 64 bits",
    "STRING": "text",
    "BOOLEAN": "true or false",
}


def fits(value: object, data_type: DataType) -> bool:
    """Tell whether a value is of a type; a whole number is a DOUBLE, too, and ``true`` is none."""
    if isinstance(value, bool):
        return data_type == "BOOLEAN"
    if isinstance(value, str):
        return data_type == "STRING"
    if data_type == "INTEGER":
        return isinstance(value, int) and -_LARGEST <= value < _LARGEST
    return data_type == "DOUBLE" and isinstance(value, (int, float))


def _check(name: str, value: object, data_type: DataType) -> None:
    if value is not None and not fits(value, data_type):
        raise refusal(f"{name}: expected {_MEANT[data_type]}, as its dataType is {data_type}")


class Property(Part):
    """One thing that a device measures."""

    name: PropertyName = Field(
        description="A letter first, then letters, digits and underscores, up to 64.",
        examples=["temperature"],
    )
    data_type: DataType = Field(alias="dataType", description="Its type.")
    init_value: Scalar | None = Field(
        default=None,
        alias="initValue",
        description="What the twin shows before the first reading.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Property:
        _check("initValue", self.init_value, self.data_type)
        return self


class ConstProperty(Part):
    """One thing about a device that never changes."""

    name: PropertyName = Field(description="As for properties.", examples=["serialNumber"])
    data_type: DataType = Field(alias="dataType", description="Its type.")
    value: Scalar = Field(description="The constant.")

    @model_validator(mode="after")
    def _fits(self) -> ConstProperty:
        _check("value", self.value, self.data_type)
        return self


class Device(Part):
    """One device."""

    id: DeviceId = Field(
        description="1 to 64 letters, digits, hyphens and underscores, no mark first.",
        examples=["cold-room-1"],
    )
    twin_id: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = Field(
        default=None,
        alias="twinId",
        description="The twin that shows its readings; the one called as the device if omitted.",
    )
    properties: tuple[Property, ...] = Field(min_length=1, description="What it measures.")
    const_properties: tuple[ConstProperty, ...] = Field(
        default=(), alias="constProperties", description="What never changes."
    )

    @property
    def twin(self) -> str:
        """The id of the twin that shows its readings."""
        return self.twin_id or self.id


class Devices(RootModel[tuple[Device, ...]]):
    """Which devices there are, and what they measure."""

    model_config = STRICT

    root: tuple[Device, ...] = Field(min_length=1)
