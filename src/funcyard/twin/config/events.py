"""``config_events.json``: conditions on readings, and what is done when they hold."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, RootModel, StringConstraints, field_validator, model_validator

from funcyard.twin.config.base import STRICT, DeviceId, Part, refusal

FunctionName = Annotated[
    str, StringConstraints(pattern="^[A-Za-z](?:[A-Za-z0-9-]{0,58}[A-Za-z0-9])$")
]


class Feedback(Part):
    """A message to a device."""

    type: Literal["mqtt"] = Field(description="Always mqtt.")
    device: DeviceId = Field(alias="iotDeviceId", description="A device of the twin.")
    payload: dict[str, Any] = Field(description="What it is told.")


class Action(Part):
    """What is done when a condition holds."""

    type: Literal["function", "logic_app"] = Field(
        description="A function of yours, or the notification workflow."
    )
    function_name: FunctionName | None = Field(
        default=None,
        alias="functionName",
        description="2 to 60 letters, digits and hyphens, a letter first; for a function.",
        examples=["raise-alarm"],
    )
    auto_deploy: bool = Field(
        default=True,
        alias="autoDeploy",
        description="Whether the function is deployed with the twin.",
    )
    path_to_code: str | None = Field(
        default=None,
        alias="pathToCode",
        description="A folder of the twin with a process.py that defines process(event).",
        examples=["event_actions/raise-alarm"],
    )
    feedback: Feedback | None = Field(default=None, description="What is sent to a device.")

    @field_validator("type", mode="before")
    @classmethod
    def _not_aws(cls, value: object) -> object:
        if value == "lambda":
            raise refusal("lambda is AWS's", "write function")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Action:
        if self.type == "logic_app":
            if self.function_name is not None or self.path_to_code is not None:
                raise refusal("a logic_app has no functionName and no pathToCode")
        elif self.function_name is None:
            raise refusal("functionName is missing: it says which function is called")
        elif self.auto_deploy and self.path_to_code is None:
            raise refusal(
                "pathToCode is missing: the function is deployed with the twin",
                'write "autoDeploy": false where it is there already',
            )
        return self


class Event(Part):
    """One condition with what is done then."""

    condition: str = Field(
        min_length=1,
        description="When it happens.",
        examples=["cold-room-1.temperature > DOUBLE(-15)"],
    )
    action: Action = Field(description="What is done then.")


class Events(RootModel[tuple[Event, ...]]):
    """Conditions on readings, and what is done when they hold."""

    model_config = STRICT
