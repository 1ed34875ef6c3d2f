"""Looking things up in an app's settings: names without regard to case, and ``%NAME%``.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns#binding-expressions---app-settings
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PERCENT = re.compile(r"%([^%]+)%")


class SettingMissingError(UserError):
    """A binding refers to a setting that the app does not have."""

    code = "setting-missing"


def lookup(settings: Mapping[str, str], name: str) -> str | None:
    """Return a setting by name without regard to case, None where it is absent or empty."""
    if value := settings.get(name):
        return value
    wanted = name.lower()
    return next((value for key, value in settings.items() if key.lower() == wanted and value), None)


def names_in(text: str) -> list[str]:
    """Return the settings that a text names as ``%NAME%``."""
    return _PERCENT.findall(text)


def resolve_settings(text: str, settings: Mapping[str, str]) -> str:
    """Return the text with every ``%NAME%`` replaced by that setting.

    Raises:
        SettingMissingError: A named setting is absent.
    """

    def value_of(match: re.Match[str]) -> str:
        value = lookup(settings, match[1])
        if value is None:
            raise SettingMissingError(
                f"{text!r} needs the setting {match[1]}, which is not set",
                hint=f"add {match[1]} to local.settings.json or .env.local",
            )
        return value

    return _PERCENT.sub(value_of, text)
