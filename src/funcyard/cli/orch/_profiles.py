"""What people note down of the apps that they operate: a file with a set of settings per profile.

It lies where programs keep settings (https://specifications.freedesktop.org/basedir-spec/), and
only its owner may read it, though no secret belongs there.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from funcyard.atomic import write_atomically
from funcyard.errors import FuncyardError, UsageError
from funcyard.plain_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEFAULT: Final = "default"
"""The profile that is meant where none is named."""

_FOLDER: Final = "funcyard"
_FILE: Final = "orch.json"
_LOCK: Final = ".orch.lock"
_SHAPES: Final = {
    "subscription-id": (
        re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        "a subscription's id, such as 00000000-0000-0000-0000-000000000000",
    ),
    "resource-group": (re.compile(r"[\w.()-]{0,89}[\w()-]"), "the name of a resource group"),
    "app-name": (
        re.compile(r"(?=.{2,32}$)[a-z](?:-?[a-z0-9])*"),
        "the name of a container app: 2 to 32 lower-case letters, digits and single hyphens",
    ),
    "cloud": (re.compile("public|local"), "public or local"),
}
"""What each setting may be: names as Azure allows them."""

NAMES: Final = tuple(_SHAPES)
"""The settings of a profile."""

_PROFILE: Final = re.compile(r"[\w.-]{1,64}")


class SettingError(UsageError):
    """A setting that there is not, or a value that it cannot have."""

    code = "bad-setting"


class ProfilesError(FuncyardError):
    """The file of profiles cannot be read or written."""

    code = "bad-profiles"


class UnknownProfileError(UsageError):
    """A profile was named that there is not."""

    code = "unknown-profile"


Profiles = dict[str, dict[str, str]]
"""Settings by the name of the profile."""


def folder_of(environment: Mapping[str, str]) -> Path:
    """Return the folder of the file. A relative one is none, as the standard has it."""
    given = environment.get("XDG_CONFIG_HOME", "")
    base = Path(given) if Path(given).is_absolute() else Path("~/.config").expanduser()
    return base / _FOLDER


def checked(name: str, value: str, where: str) -> str:
    """Return the value of a setting.

    Args:
        name: Of the setting.
        value: Of it.
        where: Where it was given, for the error.

    Raises:
        SettingError: It cannot have that.
    """
    shape, told = _SHAPES[name]
    if not shape.fullmatch(value):
        raise SettingError(f"{where}: {value!r} is not {told}")
    return value


def checked_profile(name: str) -> str:
    """Return the name of a profile.

    Raises:
        SettingError: It is none.
    """
    if not _PROFILE.fullmatch(name):
        raise SettingError(
            f"{name!r} is no name of a profile", hint="1 to 64 letters, digits, dots and hyphens"
        )
    return name


def read_profiles(folder: Path) -> Profiles:
    """Return all profiles; none where there is no file.

    Raises:
        ProfilesError: It cannot be read, or it is none of profiles.
    """
    path = folder / _FILE
    try:
        document = json.loads(read_text(path))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as fault:
        raise ProfilesError(f"{path} cannot be read: {fault}", hint="mend or delete it") from fault
    profiles = document.get("profiles") if isinstance(document, dict) else None
    if not isinstance(profiles, dict):
        raise ProfilesError(f"{path} holds no profiles", hint="mend or delete it")
    for name, settings in profiles.items():
        sound = isinstance(settings, dict) and all(
            key in NAMES and isinstance(value, str) for key, value in settings.items()
        )
        if not sound:
            raise ProfilesError(
                f"{path}: the profile {name} holds something else than {', '.join(NAMES)}",
                hint="mend or delete it",
            )
    return profiles


def change_profile(folder: Path, profile: str, name: str, value: str | None) -> None:
    """Set a setting of a profile, or take it away; what others change meanwhile is kept.

    Args:
        folder: See :func:`folder_of`.
        profile: Its name.
        name: Of the setting.
        value: Of it; None to take it away.

    Raises:
        ProfilesError: The file cannot be read or written.
    """
    path = folder / _FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        with _alone(folder):
            profiles = read_profiles(folder)
            settings = profiles.setdefault(profile, {})
            if value is None:
                settings.pop(name, None)
            else:
                settings[name] = value
            kept = {one: found for one, found in profiles.items() if found}
            text = json.dumps({"profiles": kept}, indent=2, ensure_ascii=False)
            write_atomically(path, f"{text}\n", mode=0o600)
    except OSError as fault:
        raise ProfilesError(f"{path} cannot be written: {fault.strerror or fault}") from fault


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else changes the file."""
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
