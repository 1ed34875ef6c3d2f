"""What every function knows of its twin, in one shape: the setting ``DIGITAL_TWIN_INFO``.

Nothing of it is about a device (``devices.py``), except what events say of some.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .errors import ContractError, MissingSettingError
from .settings import INFO

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHAPE: Final = 2

LARGEST_INFO: Final = 128 * 1024 - len(f"{INFO}=") - 1
"""So many bytes Linux hands to a process in one variable, its name taken off (MAX_ARG_STRLEN in
execve(2)); a process with a larger one is not started."""


@dataclass(frozen=True, slots=True)
class EventInfo:
    """An event.

    Attributes:
        condition: When it happens, in the language of ``rules``.
        action: ``function`` or ``logic_app``.
        function: The function's name, None for a workflow.
        feedback_device: The device that is told, None where none is.
        feedback: What it is told.
    """

    condition: str
    action: str
    function: str | None = None
    feedback_device: str | None = None
    feedback: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TwinInfo:
    """A twin.

    Attributes:
        name: Its name.
        debug: Whether functions log what passes through them.
        hot_days: After how many days a reading leaves hot storage.
        cold_days: After how many days a reading leaves cold storage.
        clouds: The cloud of each layer, by the slot's name.
        events: What is checked for every reading; none where events are not checked.
    """

    name: str
    debug: bool
    hot_days: int
    cold_days: int
    clouds: Mapping[str, str]
    events: tuple[EventInfo, ...] = ()

    def write(self) -> str:
        """Return it as the setting's text, the same text for the same twin."""
        told = {"shape": _SHAPE, **asdict(self)}
        return json.dumps(told, sort_keys=True, separators=(",", ":"))


def read_info(environ: Mapping[str, str]) -> TwinInfo:
    """Return what the settings of a function's app say of its twin.

    Raises:
        MissingSettingError: They say nothing.
        ContractError: They say it in another shape: app and settings were deployed apart.
    """
    text = environ.get(INFO)
    if not text:
        raise MissingSettingError((INFO,))
    try:
        told: dict[str, Any] = json.loads(text)
        shape = told.pop("shape")
        events = tuple(EventInfo(**one) for one in told.pop("events"))
        info = TwinInfo(**told, events=events)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ContractError(f"{INFO} is not what this app reads") from fault
    if shape != _SHAPE:
        raise ContractError(f"{INFO} has another shape than this app reads")
    return info
