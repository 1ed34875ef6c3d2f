"""``config_optimization.json``: which optional parts of a twin are wanted.

Another program writes it: what it says besides is kept and means nothing here.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from funcyard.twin.config.base import OpenPart, refusal


class Flags(OpenPart):
    """The optional parts of a twin."""

    use_event_checking: bool = Field(
        alias="useEventChecking", description="Check events for every reading."
    )
    trigger_notification_workflow: bool = Field(
        alias="triggerNotificationWorkflow",
        description="Let events start a notification workflow; needs event checking.",
    )
    return_feedback_to_device: bool = Field(
        alias="returnFeedbackToDevice",
        description="Let events send feedback to a device; needs event checking.",
    )
    integrate_error_handling: Literal[False] = Field(
        default=False,
        alias="integrateErrorHandling",
        description="Nothing handles it yet, so it can be false only.",
    )

    @model_validator(mode="after")
    def _needs_checking(self) -> Flags:
        for name, wanted in (
            ("triggerNotificationWorkflow", self.trigger_notification_workflow),
            ("returnFeedbackToDevice", self.return_feedback_to_device),
        ):
            if wanted and not self.use_event_checking:
                raise refusal(f"{name} needs useEventChecking: without it no event is found")
        return self


class OptimizationResult(OpenPart):
    """What the program found, and what it was asked."""

    flags: Flags = Field(alias="inputParamsUsed", description="What is wanted.")


class Optimization(OpenPart):
    """Which optional parts are wanted, as another program wrote it."""

    result: OptimizationResult = Field(description="What the program found.")
