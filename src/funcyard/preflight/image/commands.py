"""Commands that build an image, as scripts and workflows write them: ``docker build -f FILE .``."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMMAND = re.compile(
    r"(?:\bcd\s+(?P<folder>[^\s;&|]+)\s*&&\s*)?"
    r"\b(?:(?:docker|podman|nerdctl)\s+(?:(?:buildx|image|builder)\s+)?build|az\s+acr\s+build)\b"
    r"(?P<rest>(?:[^\n;&|\\]|\\\n|\\.)*)"
)
_FILE = {"-f", "--file"}
_STAGE = {"--target"}
_ARGUMENT = {"--build-arg"}
_ALONE = frozenset(
    {
        "--compress",
        "--force-rm",
        "--load",
        "--no-cache",
        "--no-format",
        "--no-logs",
        "--no-wait",
        "--pull",
        "--push",
        "--quiet",
        "--rm",
        "--squash",
        "-q",
    }
)
_CONTINUED = re.compile(r"[\\`^]\r?\n")


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        context: The build context, as written.
        file: The Dockerfile, as written; empty for the one in the context.
        stage: The stage that is built, empty for the last.
        folder: The folder that the same line changes to before, empty for none.
        arguments: Build arguments whose values are written.
    """

    context: str
    file: str = ""
    stage: str = ""
    folder: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


def commands_in(text: str) -> Iterator[Command]:
    """Yield the commands of a script that build an image; a comment holds none."""
    lines = (line for line in _CONTINUED.sub(" ", text).split("\n") if not _is_comment(line))
    for match in _COMMAND.finditer("\n".join(lines)):
        try:
            words = shlex.split(_unspaced(match["rest"]))
        except ValueError:
            continue
        command = _command(words, match["folder"] or "")
        if command is not None:
            yield command


def _command(words: list[str], folder: str) -> Command | None:
    found: dict[str, list[str]] = {"": []}
    waiting = iter(words)
    for word in waiting:
        name, mark, value = word.partition("=")
        if not word.startswith("-") or word == "-":
            found[""].append(word)
        elif name not in _ALONE:
            found.setdefault(name, []).append(value if mark else next(waiting, ""))
    if not found[""]:
        return None

    def last(names: set[str]) -> str:
        given = [value for name in found if name in names for value in found[name]]
        return given[-1] if given else ""

    pairs = [pair.partition("=") for name in _ARGUMENT for pair in found.get(name, ())]
    arguments = {name: value for name, mark, value in pairs if mark and "$" not in value}
    return Command(found[""][0], last(_FILE), last(_STAGE), folder, arguments)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("#", "rem ", "REM ", "::"))


def _unspaced(text: str) -> str:
    """Return a command whose expressions of a workflow, ``${{ name }}``, are one word each."""
    return re.sub(
        r"\$\{\{\s*(.*?)\s*\}\}", lambda found: "${{" + found[1].replace(" ", "") + "}}", text
    )
