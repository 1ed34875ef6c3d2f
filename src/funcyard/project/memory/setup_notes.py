"""``setup_notes.md``: what this machine has, the guide, and a person's notes.

The prerequisites follow from the probes, each with the moment it was found; a probe without an
answer leaves what an earlier one found. The guide follows from the spec (``guide.py``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.project.memory import guide
from funcyard.project.memory.document import Section
from funcyard.project.memory.model import ProbeState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funcyard.project.memory.model import Probe
    from funcyard.project.spec import Spec
    from funcyard.project.views import Remarks

PREREQUISITES = "prerequisites"

_LINE = re.compile(r"- (?P<name>[^:]+): (?P<found>.+) \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)\s*")


def prerequisites(probes: Sequence[Probe], before: Iterable[str], *, moment: str) -> Section:
    """Return what was found on this machine, one line for each probe.

    Args:
        probes: What was found now; empty when nothing was asked.
        before: The lines of this section as Funcyard wrote them last.
        moment: Now; a line that says nothing new keeps its own.
    """
    known = {match["name"]: match for line in before if (match := _LINE.fullmatch(line))}
    lines = []
    for probe in probes:
        earlier, found = known.pop(probe.name, None), _found(probe)
        if earlier and (probe.state is ProbeState.NO_ANSWER or earlier["found"] == found):
            lines.append(earlier[0])
        else:
            lines.append(f"- {probe.name}: {found} ({moment})")
    lines += [match[0] for match in known.values()]
    if not lines:
        lines = ["Not looked for yet: run `funcyard memory probe`."]
    return Section(PREREQUISITES, ("## Prerequisites Verified", "", *lines))


def sections(spec: Spec, remarks: Remarks | None = None) -> list[Section]:
    """Return the guide for ``spec``: everything but the prerequisites.

    Args:
        spec: The project.
        remarks: What is to be said of functions that the code has not as the spec says.
    """
    made = {
        "first-time-setup": guide.first_time(spec),
        "testing": guide.testing(spec, remarks or {}),
        "known-issues": guide.known_issues(spec),
        "workflow": guide.workflow(spec),
        "deployment": guide.deployment(spec),
        "troubleshooting": guide.troubleshooting(spec),
        "performance": guide.performance(spec),
        "notes": ["## Notes"],
    }
    return [Section(name, tuple(lines)) for name, lines in made.items()]


def _found(probe: Probe) -> str:
    if probe.state is ProbeState.NO_ANSWER:
        return "no answer in time"
    said = probe.version or probe.state.value
    return f"{said}, {probe.detail}" if probe.detail else said
