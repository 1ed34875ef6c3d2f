"""Settings of the app, read where they are used so that a wrong one is named by its fault."""

import os

from data_utils.errors import SettingError

ENVIRONMENTS = ("development", "staging", "production")


def text(name: str) -> str:
    """Return a setting that must be there."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise SettingError(f"the setting {name} is missing")
    return value


def whole_number(name: str, *, default: int, low: int, high: int) -> int:
    """Return a setting that is a whole number between ``low`` and ``high``, or the default."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and low <= int(value[:12]) <= high):
        raise SettingError(f"the setting {name} is {value!r}: not a number from {low} to {high}")
    return int(value)


def environment() -> str:
    """Return PALANTE_ENVIRONMENT: which external systems the apps connect to."""
    value = os.environ.get("PALANTE_ENVIRONMENT", "").strip() or ENVIRONMENTS[0]
    if value not in ENVIRONMENTS:
        known = ", ".join(ENVIRONMENTS)
        raise SettingError(f"PALANTE_ENVIRONMENT is {value!r}: not one of {known}")
    return value
