"""What Microsoft.EventGrid has here: topics, system topics and subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.eventgrid.subscriptions import TYPES
from funcyard.emulator.eventgrid.system_topics import SYSTEM_TOPICS
from funcyard.emulator.eventgrid.topics import TOPICS

if TYPE_CHECKING:
    from funcyard.emulator.core.registry import Registry


def register(registry: Registry) -> None:
    """Describe the types of Microsoft.EventGrid."""
    registry.add(TOPICS, SYSTEM_TOPICS, *TYPES)
