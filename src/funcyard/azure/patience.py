"""Waiting for an Azure that is too busy to answer, until it answers or there is no time left.

Whoever is told to come back (429), or meets a service that is not there for the moment (5xx), waits
as long as the answer says, and a little more, so that not everybody returns at once; where it says
nothing, pauses double. All who ask share one budget of waiting, however many wait at a time.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from typing import TYPE_CHECKING, Any, Final

from azure.core.pipeline.policies import AsyncHTTPPolicy

from funcyard.azure.deadline import seconds_left
from funcyard.azure.retry_after import retry_after, will_pass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from azure.core.pipeline import PipelineRequest, PipelineResponse

BUSY_SECONDS: Final = 60.0
"""For so long a command waits at most for those who are busy."""
FIRST_PAUSE: Final = 1.0
"""Seconds before something is asked again, about, where the answer does not say."""
LONGEST_PAUSE: Final = 20.0
"""Seconds that no pause exceeds, unless an answer says so."""

_AZURE: Final = "Azure"
_TOLD_FROM: Final = 1.0
"""A pause of so many seconds is told to who waits."""
_THROTTLED: Final = 429
_READING: Final = ("/getauthtoken", "/listsecrets", "/query", "/oauth2/exchange", "/oauth2/token")
"""Actions by POST that change nothing; the last two are a registry's."""


def pause_before(
    number: int,
    asked: float | None,
    chance: random.Random,
    *,
    first: float = FIRST_PAUSE,
    longest: float = LONGEST_PAUSE,
) -> float:
    """Return how many seconds to wait before something is asked again.

    Args:
        number: How often it was asked.
        asked: Seconds that the answer named; None or 0 where it leaves that to us.
        chance: Spreads pauses, so that not everybody returns at once.
        first: Seconds of the first pause, about; each is twice the one before.
        longest: Seconds that no pause exceeds, unless an answer names more.
    """
    if asked:
        return asked * chance.uniform(1.0, 1.1)
    most = min(longest, first * 2.0 ** (number - 1))
    return chance.uniform(most / 2, most)


def _ignore(_words: str) -> None:
    """Tell nobody."""


class Patience:
    """A budget of waiting that all who ask share.

    Args:
        seconds: How long to wait in all; 0 for not at all.
        tell: Is told in words that there is a wait.
        chance: Spreads pauses.
        now: Tells seconds since some moment.
        sleep: Waits.
    """

    def __init__(
        self,
        seconds: float = 0.0,
        tell: Callable[[str], None] = _ignore,
        *,
        chance: random.Random | None = None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._seconds = seconds
        self._tell = tell
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._now = now
        self._sleep = sleep
        self._left = seconds
        self._until = 0.0

    def renew(self) -> None:
        """Begin with the whole budget again: somebody goes on asking, for as long as they like."""
        self._left = self._seconds

    async def wait(self, number: int, asked: float | None, why: str) -> bool:
        """Wait before something is asked again; False where there is no time for that.

        Args:
            number: How often it was asked.
            asked: Seconds that the answer named; None where it named none.
            why: What is wrong, in words.
        """
        pause = self.taken(number, asked, why)
        if pause is None:
            return False
        await self._sleep(pause)
        return True

    def taken(self, number: int, asked: float | None, why: str) -> float | None:
        """Take a pause from the budget, tell of it, and return its seconds, for who waits then.

        Who waits while others do costs only what their wait is longer. What chance adds to a pause
        that an answer named is left out where there is no time for it. None stands for no time.

        Args:
            number: How often it was asked.
            asked: Seconds that the answer named; None where it named none.
            why: What is wrong, in words.
        """
        now = self._now()
        others = max(0.0, self._until - now)
        longest = min(others + self._left, seconds_left())
        pause = pause_before(number, asked, self._chance)
        if asked and pause > longest:
            pause = asked
        if pause > longest:
            return None
        costs = max(0.0, pause - others)
        if pause > _TOLD_FROM and costs > _TOLD_FROM:
            self._tell(f"{why}: asking again in {math.ceil(pause)} seconds")
        self._left -= costs
        self._until = max(self._until, now + pause)
        return pause


class PatiencePolicy(AsyncHTTPPolicy[Any, Any]):
    """Asks again what Azure was too busy for; what changes something only where it surely did not.

    A change that is answered by 5xx may have taken effect: who sent it looks.

    Args:
        patience: How long that may take.
        who: Is asked, as people are told.
    """

    def __init__(self, patience: Patience, who: str = _AZURE) -> None:
        super().__init__()
        self._patience = patience
        self._who = who

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send a request, and return its answer: the last, where it was sent again."""
        number = 0
        while True:
            answer = await self.next.send(request)
            number += 1
            sent, told = request.http_request, answer.http_response
            path = sent.url.partition("?")[0].lower()
            if not may_ask_again(sent.method, path, told.status_code):
                return answer
            why = busy_words(told.status_code, self._who)
            if not await self._patience.wait(number, retry_after(told.headers), why):
                return answer


def may_ask_again(method: str, path: str, status: int) -> bool:
    """Whether the same request may be sent once more, and may then be answered.

    Args:
        method: Of HTTP.
        path: What was asked, in lower case.
        status: Of the answer.
    """
    if status == _THROTTLED:
        return True
    is_read = method in {"GET", "HEAD"} or path.endswith(_READING)
    return is_read and will_pass(status)


def busy_words(status: int | None, who: str = _AZURE) -> str:
    """Return in words what such a status says.

    Args:
        status: Of the answer; None where there was none.
        who: Gave it.
    """
    told = "" if status is None else f" ({status})"
    if status == _THROTTLED:
        return f"{who} is asked too often{told}"
    return f"{who} does not answer for the moment{told}"
