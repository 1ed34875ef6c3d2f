"""One question at a time: put, checked against what is answered so far, put again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from funcyard.faults import Severity, dotted
from funcyard.project.findings import SpecError
from funcyard.project.reading import parse_spec
from funcyard.project.spec_text.emitting import flow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from funcyard.faults import Path as SpecPath
    from funcyard.project.findings import Finding


class Asker(Protocol):
    """Whoever can put questions to a person."""

    def prompt(self, text: str, *, default: str) -> str:
        """Return a line of text; an empty answer is the default."""

    def confirm(self, text: str, *, default: bool) -> bool:
        """Return yes or no."""

    def choose(self, text: str, options: Sequence[str], *, default: str) -> str:
        """Return one of the options."""

    def say(self, text: str) -> None:
        """Tell the person something."""


@dataclass(slots=True)
class Draft:
    """The answers so far, in the shape of ``funcyard.yaml``.

    Attributes:
        asker: Puts the questions.
        today: The day on which runtimes are judged.
        defaults: What is offered, such as what is remembered.
        root: The project's folder, in which local packages are looked for; None looks nowhere.
        values: What is answered.
    """

    asker: Asker
    today: date
    defaults: Mapping[str, Any]
    root: Path | None = None
    values: dict[str, Any] = field(default_factory=dict)

    def default(self, name: str, otherwise: Any) -> Any:  # noqa: ANN401 - any field of the spec
        """Return what is offered for a field."""
        offered = self.defaults.get(name)
        return otherwise if offered is None else offered

    def line(
        self,
        text: str,
        path: SpecPath,
        default: object,
        parse: Callable[[str], object] = str,
    ) -> None:
        """Ask for a value until it is one that its field takes.

        Args:
            text: The question.
            path: The field; lists on the way have to be there.
            default: What is offered.
            parse: Makes the value of what a person types; raises ValueError on what is none.
        """
        offered = ", ".join(default) if isinstance(default, (list, tuple)) else str(default)
        while True:
            answer = self.asker.prompt(text, default=offered).strip()
            try:
                _put(self.values, path, parse(answer))
            except ValueError as fault:
                self.asker.say(str(fault))
                continue
            if self.is_sound(path):
                return

    def is_sound(self, path: SpecPath) -> bool:
        """Whether nothing is wrong at a field or below it; faults and warnings are said."""
        found = [item for item in self._findings() if _is_below(item.path, dotted(path))]
        for item in found:
            hint = f" ({item.hint})" if item.hint else ""
            prefix = "note: " if item.severity is Severity.WARNING else ""
            self.asker.say(f"{prefix}{item.message}{hint}")
        return all(item.severity is Severity.WARNING for item in found)

    def check(self) -> tuple[Finding, ...]:
        """Check every answer so far, and return the warnings.

        Raises:
            SpecError: There are faults.
        """
        stand_in = {"project_name": "placeholder", "function_apps": ["placeholder"]}
        text = flow({**stand_in, **self.values})
        return parse_spec(text, root=self.root, today=self.today).warnings

    def _findings(self) -> tuple[Finding, ...]:
        try:
            return self.check()
        except SpecError as fault:
            return fault.findings


def words(answer: str) -> list[str]:
    """Return the words of a list that a person typed, parted by commas or spaces."""
    return answer.replace(",", " ").split()


def number(answer: str) -> int:
    """Return a whole number.

    Raises:
        ValueError: It is none.
    """
    if not (answer.isascii() and answer.isdigit() and len(answer) < len("1000000")):
        raise ValueError(f"{answer!r} is not a whole number")
    return int(answer)


def _put(values: Any, path: SpecPath, value: object) -> None:  # noqa: ANN401 - mapping or list
    for step in path[:-1]:
        values = values.setdefault(step, {}) if isinstance(values, dict) else values[step]
    values[path[-1]] = value


def _is_below(path: str, field_path: str) -> bool:
    return path == field_path or path.startswith((f"{field_path}.", f"{field_path}["))
