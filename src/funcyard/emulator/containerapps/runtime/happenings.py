"""What happens to a container, in the words of Container Apps' system logs.

https://learn.microsoft.com/azure/container-apps/log-monitoring#system-logs; the texts are those
that people quote of theirs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from funcyard.emulator.containerapps.runtime.told import EventType, ReplicaEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.containerapps.runtime.pulling import PullError


class Happenings:
    """Tells the events of a container, each with how often its like came.

    Args:
        replica: Of which replica.
        container: Of it.
        clock: Returns the time of day in seconds.
        tell: Takes each event.
    """

    def __init__(
        self,
        replica: str,
        container: str,
        clock: Callable[[], float],
        tell: Callable[[ReplicaEvent], None],
    ) -> None:
        self._replica = replica
        self._name = container
        self._clock = clock
        self._tell = tell
        self._counts: Counter[str] = Counter()

    def pulling(self, image: str) -> None:
        """Tell that an image is asked for."""
        self._normal("PullingImage", f"Pulling image '{image}'")

    def pulled(self, image: str, seconds: float, size: int) -> None:
        """Tell that it is here."""
        text = f"Successfully pulled image '{image}' in {seconds:.2f}s. Image size: {size} bytes."
        self._normal("PulledImage", text)

    def not_pulled(self, fault: PullError) -> None:
        """Tell that it cannot be had."""
        if fault.is_unauthorized:
            text = "Container pull image failed with unauthorized error."
            self._warning("ImagePullUnauthorized", text)
        self.terminated("", "ImagePullFailure", f". {fault.message}")

    def created(self) -> None:
        """Tell that the container is made."""
        self._normal("ContainerCreated", f"Created container '{self._name}'")

    def started(self) -> None:
        """Tell that its process runs."""
        self._normal("ContainerStarted", f"Started container '{self._name}'")

    def probe_failed(self, text: str) -> None:
        """Tell that a probe had no good answer."""
        self._warning("ProbeFailed", text)

    def failed_probes(self, kind: str) -> None:
        """Tell that it is ended because a probe of a kind failed too often."""
        text = f"Container {self._name} failed {kind.lower()} probe, will be restarted"
        self._normal("StoppingContainer", text)

    def stopping(self) -> None:
        """Tell that it is asked to end."""
        self._normal("StoppingContainer", f"Stopping container {self._name}")

    def terminated(self, code: int | str, reason: str, more: str = "") -> None:
        """Tell that its process has ended, or never began."""
        text = f"Container '{self._name}' was terminated with exit code '{code}' and reason"
        tell = self._normal if code == 0 else self._warning
        tell("ContainerTerminated", f"{text} '{reason}'{more}")

    def backing_off(self) -> None:
        """Tell that it is not started again at once."""
        self._warning("ContainerBackOff", "Persistent Failure to start container")

    def _normal(self, reason: str, message: str) -> None:
        self._told(EventType.NORMAL, reason, message)

    def _warning(self, reason: str, message: str) -> None:
        self._told(EventType.WARNING, reason, message)

    def _told(self, kind: EventType, reason: str, message: str) -> None:
        self._counts[reason] += 1
        self._tell(
            ReplicaEvent(
                replica=self._replica,
                container=self._name,
                time=self._clock(),
                type=kind,
                reason=reason,
                message=message,
                count=self._counts[reason],
            )
        )
