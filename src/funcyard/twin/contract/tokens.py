"""The tokens that one cloud shows to another: accepted in constant time, replaced by two.

A boundary's setting holds one token or, while it is rotated, two with a space between: what a
receiver accepts. A sender shows the first. So a receiver is given the new one behind the old, then
the sender only the new, then the receiver only the new, and nothing is refused meanwhile.
"""

from __future__ import annotations

import hmac
from typing import Final

HEADER: Final = "X-Inter-Cloud-Token"

_MOST = 2


def shown_by_sender(setting: str) -> str:
    """Return what a sender shows, given its setting; an empty text where it holds none."""
    return next(iter(setting.split()), "")


def accepts(setting: str | None, shown: str | None) -> bool:
    """Tell whether a receiver accepts what was shown to it, given its setting.

    Every token of the setting is compared, in time that does not tell how much of it is right.
    Where the setting is missing or nothing is shown, nothing is accepted.
    """
    given = (shown or "").encode()
    found = False
    for token in (setting or "").split()[:_MOST]:
        found |= hmac.compare_digest(token.encode(), given)
    return found
