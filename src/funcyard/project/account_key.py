"""The storage emulator's account key: made here, kept in ``.env.local``, shown to nobody."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_BYTES = 64
"""Length of a storage account's key; in standard base64 it has 88 characters."""


def generate_key(random: Callable[[int], bytes] = os.urandom) -> str:
    """Return a new account key, 64 random bytes in standard base64.

    Args:
        random: Returns that many bytes no one can guess.
    """
    return base64.b64encode(random(KEY_BYTES)).decode()
