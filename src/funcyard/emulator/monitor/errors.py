"""What Azure Monitor refuses of a question for metrics: a code and a message, nested in nothing.

The texts are Azure's as its documentation and threads quote them, where a function does not say
otherwise: https://learn.microsoft.com/azure/azure-monitor/metrics/migrate-to-batch-api
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from funcyard.emulator.core.errors import ArmError

if TYPE_CHECKING:
    from collections.abc import Iterable


class MetricsError(ArmError):
    """An answer that refuses, as this API writes it."""

    def body(self) -> dict[str, object]:
        """Return code and message as they are."""
        return self.error()


def bad(message: str) -> MetricsError:
    """Say that a question means nothing; in words of the local Azure's own."""
    return MetricsError(400, "BadRequest", message)


def unknown_metric(kind: str, metric: str, known: Iterable[str]) -> MetricsError:
    """Say that a type has no such metric."""
    provider, _, name = kind.partition("/")
    return bad(
        f"Failed to find metric configuration for provider: {provider}, resource Type: {name},"
        f" metric: {metric}, Valid metrics: {','.join(known)}"
    )


def unknown_grain(text: str, known: Iterable[str]) -> MetricsError:
    """Say that values are not told by such an interval."""
    return bad(f"Invalid time grain duration: {text}, supported ones are: {','.join(known)}")


def unknown_dimension(metric: str, wanted: Iterable[str], known: Iterable[str]) -> MetricsError:
    """Say that a metric's values are not told apart so."""
    return bad(
        f"Metric: {metric} does not support requested dimension combination:"
        f" {','.join(one.lower() for one in wanted)}, supported ones are: {','.join(known)},"
        f" TraceId: {{{uuid.uuid4()}}}"
    )
