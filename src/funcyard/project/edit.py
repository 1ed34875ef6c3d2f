"""A change of the spec that a command asks for: the new text made, read and checked.

While it has faults the new text is not saved, so its lines would lead nowhere: each fault is told
by the argument that brought it instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.faults import Severity
from funcyard.project.findings import SpecError
from funcyard.project.reading import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from funcyard.project.findings import Finding
    from funcyard.project.reading import SpecDocument


class ChangeRefusedError(UsageError):
    """The spec would have faults after the change; nothing was changed.

    Attributes:
        findings: Every fault; ``path`` is the argument, or the field where no argument is at fault.
    """

    code = "change-refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        said = [finding.said for finding in self.findings]
        lines = "".join(f"\n  {each}" for each in said)
        super().__init__(said[0] if len(said) == 1 else f"{len(said)} faults:{lines}")

    def as_dict(self) -> dict[str, object]:
        """Return the error as printed by ``--json``, with every finding by itself."""
        return {**super().as_dict(), "findings": list(self.findings)}


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the spec.

    Attributes:
        change: From the spec as it was read to the new text of funcyard.yaml.
        items: The list in the spec that a new item comes into, such as ``function_apps``.
        arguments: Field of the new item, such as ``triggers[0]``, to what a person typed for it.
    """

    change: Callable[[SpecDocument], str]
    items: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)

    def applied(self, document: SpecDocument, *, root: Path, today: date) -> SpecDocument:
        """Return the spec after the change.

        Args:
            document: The spec as it was read, which is sound.
            root: The project's folder.
            today: The day on which runtimes are judged.

        Raises:
            ChangeRefusedError: It would have faults.
            SpecEditError: The text cannot be edited in place.
        """
        text = self.change(document)
        try:
            return parse_spec(text, root=root, today=today)
        except SpecError as fault:
            faults = [each for each in fault.findings if each.severity is Severity.ERROR]
            raise ChangeRefusedError([self._unplaced(each) for each in faults]) from fault

    def _unplaced(self, finding: Finding) -> Finding:
        item, _, inside = finding.path.partition("].")
        path = finding.path
        if item.startswith(f"{self.items}["):
            said = (said for name, said in self.arguments.items() if inside.startswith(name))
            path = next(said, path)
        return replace(finding, path=path, line=0, column=0)
