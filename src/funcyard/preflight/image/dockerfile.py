"""A Dockerfile: its stages, each with its base, environment, copies and ports, variables set in.

What depends on a build argument without a default is unknown (None), and is never guessed.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.preflight.image.instructions import Instruction, Word, instructions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VARIABLE = re.compile(r"\\(.)|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::([-+])([^}]*))?\})")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and the line on which it is written; None where it is not known."""

    value: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A ``COPY`` or ``ADD``.

    Attributes:
        sources: What is copied, as written.
        target: Where to, with the working folder before it where it is relative.
        origin: The stage or image that it is copied from, empty for the build's own files.
        line: Where it is written.
    """

    sources: tuple[str, ...]
    target: str
    origin: str
    line: int


@dataclass(slots=True)
class Stage:
    """One stage.

    Attributes:
        name: Its name, else its number.
        base: What it begins with: an image or a stage before it.
        parent: That stage, None for an image.
        environment: What it sets itself.
        copies: What it copies, in order.
        ports: What it exposes.
        workdir: Its working folder at the end.
        workdirs: Those that it has had, in order.
        starts: Its last ``CMD`` and ``ENTRYPOINT`` by keyword.
        line: Where its ``FROM`` is.
    """

    name: str
    base: Setting
    parent: Stage | None
    line: int
    workdir: str = "/"
    environment: dict[str, Setting] = field(default_factory=dict)
    copies: list[Copy] = field(default_factory=list)
    ports: list[Setting] = field(default_factory=list)
    starts: dict[str, Instruction] = field(default_factory=dict)
    workdirs: list[str] = field(default_factory=list)

    @property
    def chain(self) -> Iterator[Stage]:
        """The stage and those that it is built on, itself first."""
        stage: Stage | None = self
        while stage is not None:
            yield stage
            stage = stage.parent

    @property
    def image(self) -> Setting:
        """The image that it is built on in the end."""
        return list(self.chain)[-1].base

    def setting(self, name: str) -> Setting | None:
        """Return a variable as it or a stage below it sets it, None where none does."""
        return next((s.environment[name] for s in self.chain if name in s.environment), None)

    def start(self, keyword: str) -> Instruction | None:
        """Return its ``CMD`` or ``ENTRYPOINT``, None where the image's own counts."""
        return next((s.starts[keyword] for s in self.chain if keyword in s.starts), None)


@dataclass(slots=True)
class Dockerfile:
    """A file.

    Attributes:
        stages: Its stages in order.
    """

    stages: list[Stage] = field(default_factory=list)

    @property
    def final(self) -> Stage | None:
        """The stage that the image is made of; None for an empty file."""
        return self.stages[-1] if self.stages else None


def read_dockerfile(text: str, arguments: Mapping[str, str] | None = None) -> Dockerfile:
    """Return what a Dockerfile says.

    Args:
        text: What it holds.
        arguments: Build arguments that are given.
    """
    return _Reader(arguments or {}).read(text)


class _Reader:
    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._global: dict[str, Setting] = {}
        self._file = Dockerfile()
        self._local: dict[str, Setting] = {}

    def read(self, text: str) -> Dockerfile:
        for instruction in instructions_of(text):
            if instruction.keyword == "FROM":
                self._from(instruction)
            elif instruction.keyword == "ARG":
                self._argument(instruction)
            elif self._file.stages:
                self._in_stage(self._file.stages[-1], instruction)
        return self._file

    def _argument(self, instruction: Instruction) -> None:
        before = not self._file.stages
        known = self._global if before else self._local
        for word in instruction.words:
            name, mark, default = word.text.partition("=")
            if name in self._given:
                known[name] = Setting(self._given[name], word.line)
            elif mark:
                known[name] = Setting(self._expanded(default, known), word.line)
            else:
                known[name] = self._global.get(name, Setting(None, word.line))

    def _from(self, instruction: Instruction) -> None:
        words = instruction.words
        if not words:
            return
        named = len(words) >= 3 and words[1].text.upper() == "AS"  # noqa: PLR2004 - image AS name
        name = words[2].text if named else str(len(self._file.stages))
        base = self._placed(words[0], self._global)
        parent = next(
            (
                stage
                for stage in self._file.stages
                if stage.name.lower() == (base.value or "").lower()
            ),
            None,
        )
        self._local = {}
        workdir = parent.workdir if parent else "/"
        stage = Stage(name, base, parent, instruction.line, workdir, workdirs=[workdir])
        self._file.stages.append(stage)

    def _in_stage(self, stage: Stage, instruction: Instruction) -> None:
        keyword = instruction.keyword
        known = {**self._inherited(stage), **self._local}
        if keyword == "ENV":
            for name, word in _pairs(instruction):
                stage.environment[name] = Setting(self._expanded(word.text, known), word.line)
        elif keyword == "EXPOSE":
            stage.ports += [self._placed(word, known) for word in instruction.words]
        elif keyword == "WORKDIR" and instruction.words:
            stage.workdir = _joined(stage.workdir, self._expanded(instruction.text, known) or "?")
            stage.workdirs.append(stage.workdir)
        elif keyword in {"COPY", "ADD"} and len(instruction.words) > 1:
            paths = [self._expanded(word.text, known) or word.text for word in instruction.words]
            origin = instruction.flags.get("from", "")
            target = _joined(stage.workdir, paths[-1])
            sources = tuple(map(_in_context, paths[:-1]))
            stage.copies.append(Copy(sources, target, origin, instruction.line))
        elif keyword in {"CMD", "ENTRYPOINT"}:
            stage.starts[keyword] = instruction

    @staticmethod
    def _inherited(stage: Stage) -> dict[str, Setting]:
        known: dict[str, Setting] = {}
        for below in reversed(list(stage.chain)):
            known |= below.environment
        return known

    def _placed(self, word: Word, known: Mapping[str, Setting]) -> Setting:
        """Return a word's value, with the line of its variable where it is nothing else."""
        match = _VARIABLE.fullmatch(word.text)
        name = (match[2] or match[3]) if match else None
        line = known[name].line if name and name in known else word.line
        return Setting(self._expanded(word.text, known), line)

    def _expanded(self, text: str, known: Mapping[str, Setting]) -> str | None:
        """Return a word without quotes, variables set in; None where one is unknown."""
        missing = False

        def value(match: re.Match[str]) -> str:
            nonlocal missing
            if match[1] is not None:
                return str(match[1])
            setting = known.get(match[2] or match[3])
            if match[4] == "+":
                return str(match[5]) if setting and setting.value else ""
            if setting is not None and (setting.value or match[4] is None):
                missing = missing or setting.value is None
                return setting.value or ""
            if match[4] == "-":
                return str(match[5])
            missing = True
            return ""

        parts: list[str] = []
        at = 0
        for quoted in _QUOTED.finditer(text):
            parts.append(_VARIABLE.sub(value, text[at : quoted.start()]))
            single = quoted[2]
            parts.append(single if single is not None else _VARIABLE.sub(value, quoted[1]))
            at = quoted.end()
        parts.append(_VARIABLE.sub(value, text[at:]))
        return None if missing else "".join(parts)


def _pairs(instruction: Instruction) -> Iterator[tuple[str, Word]]:
    words = instruction.words
    if words and "=" not in words[0].text:
        text = " ".join(word.text for word in words[1:])
        yield words[0].text, Word(text, words[0].line)
        return
    for word in words:
        name, _, value = word.text.partition("=")
        yield name, Word(value, word.line)


def _in_context(source: str) -> str:
    """Return what ``COPY`` takes for a source: nothing leads out of what is copied from.

    https://docs.docker.com/reference/dockerfile/#copy, "parent directory paths are stripped out".
    """
    if ".." not in source.split("/") or "://" in source:
        return source
    return posixpath.normpath(f"/{source}").lstrip("/") or "."


def _joined(folder: str, path: str) -> str:
    if path.startswith("/"):
        return path
    return f"{folder.rstrip('/')}/{path.removeprefix('./')}"
