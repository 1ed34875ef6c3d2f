"""Settings of a project on this machine: read from files, merged in one order, never printed.

The order is the process's environment, then ``.env.local``, then an app's ``local.settings.json``:
what a person sets for one run wins over what lies in a file. Faults are kept until all are known.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.plain_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_LINE = re.compile(
    r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.:]*)\s*=\s*(?P<value>.*?)\s*$", re.DOTALL
)
_QUOTED = {
    "'": re.compile(r"'(?P<text>[^']*)'(?P<rest>.*)", re.DOTALL),
    '"': re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?P<rest>.*)', re.DOTALL),
}
_QUOTING = r"in double quotes a quote is written \", a line break \n, a backslash \\"
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_ON = frozenset({"1", "true", "yes"})
_SECRET = re.compile(r"key|secret|password|token|connectionstring|connection_string", re.IGNORECASE)


class SettingsError(UsageError):
    """A settings file cannot be read, or holds what cannot be meant.

    Attributes:
        line: Where in its file, 0 where that is not one line.
    """

    code = "bad-settings"

    def __init__(self, message: str, *, hint: str | None = None, line: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.line = line

    @classmethod
    def joined(cls, faults: Sequence[SettingsError]) -> SettingsError:
        """Return one error that tells all of several: a line each, every hint once."""
        hints = dict.fromkeys(fault.hint for fault in faults if fault.hint)
        return cls("\n".join(fault.message for fault in faults), hint="; ".join(hints) or None)


class SettingsFaults:
    """Keeps what is wrong in several files until all of it can be told at once.

    Attributes:
        found: What was kept.
    """

    def __init__(self) -> None:
        self.found: list[SettingsError] = []

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Keep a :class:`SettingsError` of the block, and go on behind it."""
        try:
            yield
        except SettingsError as fault:
            self.found.append(fault)

    def raise_all(self) -> None:
        """Tell what was kept, if anything.

        Raises:
            SettingsError: Every fault that was kept.
        """
        if self.found:
            raise SettingsError.joined(self.found)


@dataclass(frozen=True, slots=True)
class EnvFile:
    """A dotenv text, read as far as it can be.

    Attributes:
        lines: Number, name and value of each line that sets a variable.
        faults: One for each line that cannot be read; the value is in none of them.
    """

    lines: tuple[tuple[int, str, str], ...] = ()
    faults: tuple[SettingsError, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """What is in force: of several lines for one variable the last counts."""
        return {name: value for _, name, value in self.lines}

    def line_of(self, name: str) -> int | None:
        """Return the line that counts for a variable, None where none sets it."""
        return next((number for number, other, _ in reversed(self.lines) if other == name), None)


def read_env_file(path: Path) -> dict[str, str]:
    """Return the variables of a dotenv file, an empty mapping where there is no file.

    Raises:
        SettingsError: The file cannot be read, or lines of it, all of which are named.
    """
    file = load_env_file(path)
    if file.faults:
        raise SettingsError.joined(file.faults)
    return file.values


def load_env_file(path: Path) -> EnvFile:
    """Return what a dotenv file holds, nothing where there is no file; see :func:`parse_env`.

    Raises:
        SettingsError: The file cannot be read.
    """
    return parse_env(read_settings(path), str(path))


def parse_env(text: str, called: str) -> EnvFile:
    """Read a dotenv text: ``NAME=value`` a line, ``export`` allowed, ``#`` begins a comment.

    A value may be quoted, and then ends with its line; a backslash escapes inside double quotes, as
    in Docker Compose; nothing is expanded.

    Args:
        text: The file's text.
        called: Its name in messages.
    """
    lines: list[tuple[int, str, str]] = []
    faults: list[SettingsError] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.match(line)
        if match is None:
            faults.append(SettingsError(f"{called}:{number}: not NAME=value", line=number))
            continue
        name, value = match["name"], match["value"]
        try:
            lines.append((number, name, _unquoted(value)))
        except ValueError as fault:
            said = f"{called}:{number}: {name}: {fault}"
            faults.append(SettingsError(said, hint=_QUOTING, line=number))
    return EnvFile(tuple(lines), tuple(faults))


def read_settings(path: Path) -> str:
    """Return the text of a settings file, an empty one where there is no file.

    Raises:
        SettingsError: It cannot be read.
    """
    try:
        return read_text(path, "utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{path}: cannot be read: {fault}") from fault


def merge(*layers: Mapping[str, str]) -> dict[str, str]:
    """Return one mapping in which an earlier layer wins."""
    merged: dict[str, str] = {}
    for layer in reversed(layers):
        merged.update(layer)
    return merged


def is_on(settings: Mapping[str, str], name: str) -> bool:
    """Whether a setting switches something on: ``true``, ``yes`` or ``1``, in any case."""
    return settings.get(name, "").strip().lower() in _ON


def is_secret_name(name: str) -> bool:
    """Whether a setting of that name should never be shown."""
    return bool(_SECRET.search(name)) or name.startswith("AzureWebJobsStorage")


def _unquoted(value: str) -> str:
    quote = value[:1]
    if quote not in _QUOTED:
        return value.split(" #", 1)[0].rstrip()
    quoted = _QUOTED[quote].match(value)
    if quoted is None:
        raise ValueError(f"the quote {quote} is not closed on its line")
    if (rest := quoted["rest"].strip()) and not rest.startswith("#"):
        raise ValueError(f"there is text behind the closing {quote}")
    if quote == "'":
        return quoted["text"]
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), quoted["text"])
