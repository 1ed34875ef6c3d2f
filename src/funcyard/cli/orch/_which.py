"""Which app is meant: each setting from the first place that has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.cli.orch._profiles import (
    DEFAULT,
    NAMES,
    UnknownProfileError,
    checked,
    checked_profile,
    folder_of,
    read_profiles,
)
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROFILE: Final = "FUNCYARD_PROFILE"
"""The variable that names a profile."""

VARIABLES: Final = {
    "subscription-id": "AZURE_SUBSCRIPTION_ID",
    "resource-group": "AZURE_RESOURCE_GROUP",
    "app-name": "AZURE_CONTAINER_APP_NAME",
    "cloud": "FUNCYARD_CLOUD",
}
"""The variable of each setting."""


class WhichAppError(UsageError):
    """Nothing says which app is meant."""

    code = "which-app"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting, and where it is from.

    Attributes:
        value: Of it.
        source: Such as ``--app-name``, ``AZURE_RESOURCE_GROUP`` or ``profile dev``.
    """

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What the options of a command say.

    Attributes:
        options: The settings that were given, by their names.
        profile: The profile that was named, None for none.
        as_json: Print JSON.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    profile: str | None = None
    as_json: bool = False


def settings_of(choice: Choice, environment: Mapping[str, str]) -> dict[str, Setting]:
    """Return each setting that anything says, by its name.

    Raises:
        SettingError: One is said to be what it cannot be.
        UnknownProfileError: A profile is named that there is not.
        ProfilesError: The file of profiles cannot be read.
    """
    profile = profile_of(choice, environment)
    profiles = read_profiles(folder_of(environment))
    if profile not in profiles and _is_named(choice, environment):
        raise UnknownProfileError(
            f"there is no profile {profile}",
            hint=f"funcyard orch config set app-name NAME --profile {profile} makes it",
        )
    found: dict[str, Setting] = {}
    for name in NAMES:
        places = (
            (choice.options.get(name), f"--{name}"),
            # A variable that is empty is one that is not set.
            (environment.get(VARIABLES[name]) or None, VARIABLES[name]),
            (profiles.get(profile, {}).get(name), f"profile {profile}"),
        )
        said = next(((value, source) for value, source in places if value is not None), None)
        if said is not None:
            value, source = said
            found[name] = Setting(checked(name, value, source), source)
    return found


def profile_of(choice: Choice, environment: Mapping[str, str]) -> str:
    """Return the name of the profile that is meant.

    Raises:
        SettingError: It is named in a way that no profile is.
    """
    return checked_profile(choice.profile or environment.get(PROFILE) or DEFAULT)


def needed(settings: Mapping[str, Setting], *names: str) -> tuple[str, ...]:
    """Return the values of settings.

    Raises:
        WhichAppError: Nothing says some of them: all of those are named.
    """
    missing = [name for name in names if name not in settings]
    if missing:
        raise WhichAppError(
            f"nothing says which {', '.join(missing)} is meant",
            hint="; ".join(
                f"--{name}, {VARIABLES[name]}, or funcyard orch config set {name} VALUE"
                for name in missing
            ),
        )
    return tuple(settings[name].value for name in names)


def _is_named(choice: Choice, environment: Mapping[str, str]) -> bool:
    return bool(choice.profile or environment.get(PROFILE))
