"""The settings of a site: a resource of their own, whose values no other answer shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from funcyard.emulator.core.records import SUCCEEDED, Kept
from funcyard.emulator.web import errors
from funcyard.emulator.web.naming import CONFIG, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.target import Target


def of_list(given: Any) -> dict[str, str] | None:  # noqa: ANN401 - JSON
    """Return settings that a site's body names one by one; None where it names none.

    Raises:
        ArmError: One of them cannot be.
    """
    if given is None:
        return None
    return checked({str(one.get("name")): one.get("value") or "" for one in given})


def checked(given: Mapping[str, Any]) -> dict[str, str]:
    """Return settings that an environment can hold.

    Raises:
        ArmError: One of them it cannot.
    """
    for name, value in given.items():
        if not name or "=" in name or "\0" in name:
            raise errors.bad(f"AppSetting with name '{name}' is not allowed.")
        if not isinstance(value, str) or "\0" in value:
            raise errors.bad(f"The value of AppSetting with name '{name}' is not allowed.")
    return dict(given)


def target_of(site: Target) -> Target:
    """Return where the settings of a site are."""
    return site.child(CONFIG.rpartition("/")[2], SETTINGS)


def settings_of(core: Core, site: Target) -> dict[str, str]:
    """Return the settings of a site."""
    kept = core.store.find(target_of(site).key)
    return dict(kept.secrets) if kept is not None else {}


def save_settings(core: Core, site: Target, settings: Mapping[str, str], now: str) -> None:
    """Keep the settings of a site in place of those that it had."""
    target = target_of(site)
    kept = core.store.find(target.key) or Kept(target.id, CONFIG, {}, SUCCEEDED, now, now)
    core.store.save(replace(kept, secrets=dict(settings), changed=now))
