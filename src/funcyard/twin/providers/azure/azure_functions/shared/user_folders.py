"""Where the code of the twin's owner lies in an app: a folder below for each device or event."""

from __future__ import annotations

from typing import Final

PROCESSORS: Final = "processors"
ACTIONS: Final = "event_actions"
