"""Questions to Azure, of which each answer is kept and each failure is told.

An Azure that turns every fifth request away answers twenty questions at once almost never. So what
was answered is handed on, and who asks again later asks only what was not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.deploy.failures import FAULTS, is_passing, retry_after
from funcyard.orchestrator import outcomes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

Json = dict[str, Any]


class Questions:
    """Questions that belong together.

    Args:
        known: Answers that were had before.

    Attributes:
        answers: Every answer, by its question.
        unknown: What was not answered: ``what``, the ``error``, whether it may be ``later``, and
            ``retry_after``.
    """

    def __init__(self, known: Mapping[str, Any] | None = None) -> None:
        self.answers: Json = dict(known or {})
        self.unknown: list[Json] = []

    async def ask(self, what: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - JSON
        """Return an answer, a new one where none is known; None, and unknown, where that fails.

        Args:
            what: The question, in words that a report has.
            work: Asks it, and returns JSON.
        """
        if what not in self.answers:
            try:
                self.answers[what] = await work()
            except FAULTS as fault:
                self.unknown.append(
                    {
                        "what": what,
                        "error": outcomes.error(fault, f"looking for {what.rpartition('/')[2]}"),
                        "later": is_passing(fault),
                        "retry_after": retry_after(fault),
                    }
                )
                return None
        return self.answers[what]

    def nothing(self) -> Json:
        """Return the answers that found nothing: what is gone stays gone."""
        return {what: answer for what, answer in self.answers.items() if not answer}
