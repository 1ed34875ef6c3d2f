"""What the commands ``pip install`` of a Dockerfile install: by name, from a file, from a folder.

https://pip.pypa.io/en/stable/cli/pip_install/
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from funcyard.preflight.packages.requirement import normalized, parse

_COMMAND = re.compile(r"(?:pip[\d.]*|uv\s+pip)\s+install\s+([^&|;\n]*)")
_COMMENT = re.compile(r"^\s*#.*\n?", re.MULTILINE)
_REDIRECTED = re.compile(r"\d?>.*")
_FILE = frozenset({"-r", "--requirement", "--requirements"})
_EDITABLE = frozenset({"-e", "--editable"})
_VALUED = frozenset(
    {
        *("-c", "--constraint", "--constraints", "-b", "--build-constraint", "-C"),
        *("-t", "--target", "--prefix", "--root", "--src", "--log", "--cache-dir", "--report"),
        *("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--default-index"),
        *("--index", "--proxy", "--cert", "--client-cert", "--trusted-host", "--retries"),
        *("--timeout", "--exists-action", "--platform", "--python-version", "--implementation"),
        *("--abi", "--python", "-p", "--upgrade-strategy", "--no-binary", "--only-binary"),
        *("--config-settings", "--config-setting", "--progress-bar", "--root-user-action"),
        *("--use-feature", "--use-deprecated", "--keyring-provider", "--index-strategy"),
    }
)
"""Options that are followed by a value which names nothing to be installed."""
_FOLDER = re.compile(r"(?P<folder>\.{1,2}|[^\s$*?\[:]*/[^\s$*?\[:]*)(?:\[[^\]]*\])?")
_WHEEL = re.compile(r"(?:.*/)?(?P<name>[A-Za-z0-9._]+)-\d[^/$*?]*\.whl(?:\[[^\]]*\])?")
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*[=<>!~]=.*")
"""A name whose version is a variable."""
_ARCHIVES = (".tar.gz", ".zip", ".whl")
_EGG = re.compile(r".*#egg=(?P<name>[A-Za-z0-9._-]+).*")


@dataclass(slots=True)
class Installed:
    """What is installed.

    Attributes:
        names: Normalized names of distributions.
        files: Requirements files, as written.
        folders: Folders, as written.
        is_whole: Whether that is all: a variable, an address or a pattern may name anything.
    """

    names: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    is_whole: bool = True


def installed_by(dockerfile: str) -> Installed:
    """Return what ``pip install`` in the text of a Dockerfile installs."""
    found = Installed()
    for command in _COMMAND.findall(_COMMENT.sub("", dockerfile).replace("\\\n", " ")):
        words = iter(_words(command))
        for word in words:
            option, mark, value = _option(word)
            if option in _FILE:
                found.files.append(value if mark else next(words, ""))
            elif option in _EDITABLE and mark:
                _take(value, found)
            elif option in _VALUED and not mark:
                next(words, "")
            elif not option:
                _take(word, found)
    return found


def _words(command: str) -> list[str]:
    """Return the words of a command, quotes taken off, up to where its output is sent elsewhere."""
    try:
        words = shlex.split(command)
    except ValueError:  # cut within a quotation
        words = [word.strip("'\"") for word in command.split()]
    ends = (number for number, word in enumerate(words) if _REDIRECTED.fullmatch(word))
    return words[: next(ends, len(words))]


def _option(word: str) -> tuple[str, bool, str]:
    """Return an option, whether its value is in the same word, and that; empty for no option."""
    if word.startswith("--"):
        option, mark, value = word.partition("=")
        return option, bool(mark), value
    if word.startswith("-"):
        return word[:2], len(word) > len("-r"), word[2:].lstrip("=")
    return "", False, ""


def _take(word: str, found: Installed) -> None:
    word = word.rstrip(")}") if not {"(", "{"} & set(word) else word
    if named := (_WHEEL.fullmatch(word) or _PINNED.fullmatch(word) or _EGG.fullmatch(word)):
        found.names.add(normalized(named["name"]))
    elif word.endswith(_ARCHIVES):
        found.is_whole = False
    elif told := parse(word):
        found.names.add(normalized(told.name))
    elif folder := _FOLDER.fullmatch(word):
        found.folders.append(folder["folder"])
    elif word:
        found.is_whole = False
