"""How a type of resource answers a change, and how a client follows what goes on after that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Tracking(Enum):
    """How a client follows a change that takes its time."""

    NONE = "at once"
    LOCATION = "Location"
    STATUS = "Azure-AsyncOperation"
    BOTH = "Azure-AsyncOperation and Location"
    ITSELF = "Location, of the resource itself"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a type answers a change.

    Attributes:
        status: Of the answer.
        tracking: How the rest is followed.
        seconds: How long the rest takes in Azure.
        has_body: Whether the answer holds the resource.
        says_null: Whether it says ``null`` where it holds nothing.
        says_status: Whether it says how far the change is, and nothing of the resource.
        ended: Status of the result, once there is one.
    """

    status: int
    tracking: Tracking = Tracking.NONE
    seconds: float = 0
    has_body: bool = True
    says_null: bool = False
    says_status: bool = False
    ended: int = 200
