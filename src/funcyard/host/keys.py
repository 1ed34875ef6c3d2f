"""Access keys of an app, made once and kept in a private file: master, host, functions', system.

As in Core Tools they are not asked for on loopback unless wanted; on any other address they always
are. A key is compared in constant time.
https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.atomic import locked, write_atomically
from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

EVENT_GRID_KEY = "eventgrid_extension"
"""The system key that opens Event Grid's webhook."""

_KEY_BYTES = 40


class KeysError(UserError):
    """The file of keys cannot be read or written."""

    code = "bad-keys"


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one app.

    Attributes:
        master: Opens everything, the admin routes included.
        host: Opens every function of level ``function``.
        functions: Opens the function of that name.
        system: Opens the webhook of an extension, by the key's name.
        named: Open every function of level ``function``, too, by names that people gave them.
    """

    master: str
    host: str
    functions: dict[str, str]
    system: dict[str, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)

    def admit(self, level: str, name: str, given: str) -> bool:
        """Whether a key opens something of an authorisation level.

        Args:
            level: ``anonymous``, ``function``, ``system`` or ``admin``, without regard to case.
            name: Name of the function, or of the system key.
            given: The key of the request, empty where it has none.
        """
        level = level.lower()
        if level == "anonymous":
            return True
        accepted = [self.master]
        if level == "function":
            accepted += [self.host, self.functions.get(name, ""), *self.named.values()]
        elif level == "system":
            accepted.append(self.system.get(name, ""))
        matches = [
            bool(key) and hmac.compare_digest(key.encode(), given.encode()) for key in accepted
        ]
        return any(matches)


class KeysFile:
    """The keys of an app as its file has them now: one that is changed there counts at once."""

    def __init__(self, path: Path, functions: Iterable[str], system: Iterable[str] = ()) -> None:
        """Load them; arguments and errors as of :func:`load_keys`."""
        self._path = path
        self._functions = tuple(functions)
        self._system = tuple(system)
        self._seen = _state(path)  # before it is read, so that no change of it is missed
        self._keys = load_keys(path, self._functions, self._system)

    def admit(self, level: str, name: str, given: str) -> bool:
        """Whether a key opens something; see :meth:`Keys.admit`.

        A file that was spoiled or taken away changes nothing: what was read last still counts.
        """
        now = _state(self._path)
        if now is not None and now != self._seen:
            with contextlib.suppress(KeysError):
                self._keys = load_keys(self._path, self._functions, self._system)
            self._seen = now
        return self._keys.admit(level, name, given)


def load_keys(path: Path, functions: Iterable[str], system: Iterable[str] = ()) -> Keys:
    """Return the keys of an app, made and written (mode 0600) where they do not exist yet.

    Args:
        path: Where they are kept.
        functions: The functions that have a key.
        system: Names of the system keys that there have to be; one that was made stays.

    Raises:
        KeysError: The file is not what was written there, or cannot be written.
    """
    functions, system = tuple(functions), tuple(system)
    keys, is_whole = _read(path, functions, system)
    if is_whole:
        return keys
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(path):
            keys, _ = _read(path, functions, system)
            write_atomically(path, json.dumps(_document(keys), indent=2), mode=0o600)
    except OSError as fault:
        raise KeysError(f"{path}: cannot be written: {fault}") from fault
    return keys


def _read(path: Path, functions: Sequence[str], system: Sequence[str]) -> tuple[Keys, bool]:
    """Return the keys in a file, with new ones for those that miss; and whether none did."""
    stored: dict[str, object] = {}
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        functions_stored = dict(stored.get("functions", {}))  # type: ignore[call-overload]  # checked by the except below
        system_stored = dict(stored.get("system", {}))  # type: ignore[call-overload]  # likewise
        named = dict(stored.get("named", {}))  # type: ignore[call-overload]  # likewise
        keys = Keys(
            str(stored.get("master") or _new()),
            str(stored.get("host") or _new()),
            {name: str(functions_stored.get(name) or _new()) for name in functions},
            {name: str(system_stored.get(name) or _new()) for name in [*system_stored, *system]},
            {str(name): str(key) for name, key in named.items()},
        )
    except FileNotFoundError:
        keys = Keys(
            _new(), _new(), {name: _new() for name in functions}, {name: _new() for name in system}
        )
    except (OSError, ValueError, AttributeError, TypeError) as fault:
        raise KeysError(
            f"{path}: cannot be read: {fault}", hint="delete it: it is made anew"
        ) from (fault)
    return keys, _document(keys) == stored


def _document(keys: Keys) -> dict[str, object]:
    document: dict[str, object]
    document = {"master": keys.master, "host": keys.host, "functions": keys.functions}
    if keys.system:
        document["system"] = keys.system
    if keys.named:
        document["named"] = keys.named
    return document


def _state(path: Path) -> tuple[int, int, int] | None:
    """Return what changes with a file's content, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _new() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode().rstrip("=")
