"""``iot_device_simulator/simulation.json``: what simulated devices send, and how often."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from funcyard.twin.config import devices
from funcyard.twin.config.base import DeviceId, Document, Part, PropertyName, refusal

Scalar: TypeAlias = devices.Scalar
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Number = Annotated[float, Field(ge=-1e15, le=1e15)]
Amount = Annotated[float, Field(ge=0, le=1e15)]


class ConstantPattern(Part):
    """Always the same."""

    pattern: Literal["constant"] = Field(description="Always the same.")
    value: Scalar = Field(description="What.")


class RampPattern(Part):
    """From one number to another, again and again."""

    pattern: Literal["ramp"] = Field(description="From one number to another, again and again.")
    start: Number = Field(alias="from", description="The first number.")
    end: Number = Field(alias="to", description="What it comes to at the end of a period.")
    period: Seconds = Field(description="How many seconds that takes.")


class SinePattern(Part):
    """Up and down."""

    pattern: Literal["sine"] = Field(description="Up and down around a mean.")
    mean: Number = Field(description="The middle.")
    amplitude: Amount = Field(description="How far from it.")
    period: Seconds = Field(description="How many seconds from one middle to the next but one.")
    noise: Amount = Field(default=0.0, description="How far chance may lead away from it.")


class WalkPattern(Part):
    """By chance a little up or down."""

    pattern: Literal["randomWalk"] = Field(description="By chance a little up or down.")
    start: Number = Field(description="The first number.")
    step: Amount = Field(description="How far at most from one message to the next.")
    low: Number = Field(description="The lowest.")
    high: Number = Field(description="The highest.")

    @model_validator(mode="after")
    def _inside(self) -> WalkPattern:
        if not self.low <= self.start <= self.high:
            raise refusal("start lies outside of low and high")
        return self


class ReplayPattern(Part):
    """One value after the other, then again from the first."""

    pattern: Literal["replay"] = Field(description="One value after the other, then again.")
    values: tuple[Scalar, ...] = Field(min_length=1, description="The values.")


Pattern: TypeAlias = Annotated[
    ConstantPattern | RampPattern | SinePattern | WalkPattern | ReplayPattern,
    Field(discriminator="pattern"),
]


class SimulatedDevice(Part):
    """What one device sends: patterns by property, or whole payloads of a file."""

    device: DeviceId = Field(alias="iotDeviceId", description="A device of the twin.")
    every: Seconds = Field(description="How many seconds from one message to the next.")
    jitter: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.0, description="By which part of that chance may delay a message."
    )
    properties: dict[PropertyName, Pattern] = Field(
        default_factory=dict, description="What it measures."
    )
    payloads: str | None = Field(
        default=None,
        description="A file of the twin with a list of payloads, sent one after the other.",
        examples=["iot_device_simulator/payloads.json"],
    )

    @model_validator(mode="after")
    def _one_source(self) -> SimulatedDevice:
        if bool(self.properties) == (self.payloads is not None):
            raise refusal("either properties or payloads say what it sends")
        return self


class Simulation(Document):
    """What simulated devices send, and how often."""

    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(
        default=0, description="What chance begins with: the same seed sends the same."
    )
    devices: tuple[SimulatedDevice, ...] = Field(min_length=1, description="Each at most once.")
