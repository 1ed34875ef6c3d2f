"""Scenarios: what an agent is to do, a Markdown document each, in one folder.

A scenario is called as its file: lower-case letters, digits and hyphens. What is called otherwise,
such as ``SCENARIO_TEMPLATE.md``, is none. The technology comes first in the name, before a number:
``ai-ml-01-vision.md``.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

_NAME: Final = re.compile(r"(?=.{1,80}$)[a-z0-9]+(?:-[a-z0-9]+)*")
_AREA: Final = re.compile(r"(.+?)-\d+(?:-|$)")
_NO_AREA: Final = "general"


class ScenariosError(UserError):
    """The folder of scenarios cannot be read, or holds none."""

    code = "no-scenarios"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario.

    Attributes:
        scenario_name: Its name.
        technology_area: What it is about.
        scenario_doc_path: Its document, from the folder of scenarios.
        agent_path: Where its agent lies in the image.
    """

    scenario_name: str
    technology_area: str
    scenario_doc_path: str
    agent_path: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as activities hand it on."""
        return asdict(self)


def is_scenario_name(text: str) -> bool:
    """Whether a scenario may be called so."""
    return _NAME.fullmatch(text) is not None


def read_scenarios(folder: Path) -> list[Scenario]:
    """Return the scenarios of a folder, by name.

    Raises:
        ScenariosError: It cannot be read, or holds none.
    """
    try:
        names = sorted(path.stem for path in folder.iterdir() if path.suffix == ".md")
    except OSError as fault:
        raise ScenariosError(
            f"the folder of scenarios cannot be read: {folder}: {fault.strerror}",
            hint="SCENARIOS_FOLDER names it; an image has to hold it, too",
        ) from fault
    found = [_scenario(name) for name in names if is_scenario_name(name)]
    if not found:
        raise ScenariosError(
            f"there is no scenario in {folder}",
            hint="a document such as ai-ml-01-vision.md: lower-case letters, digits and hyphens",
        )
    return found


def _scenario(name: str) -> Scenario:
    area = _AREA.match(name)
    return Scenario(
        scenario_name=name,
        technology_area=area[1] if area else _NO_AREA,
        scenario_doc_path=f"{name}.md",
        agent_path=f"agents/{name}",
    )
