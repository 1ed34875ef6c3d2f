"""``index.md``: how the memory is built, for whoever opens its folder, and its projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.project.memory.document import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLE = "# Memory Structure: generate-azure-functions"

_STRUCTURE = """\
## Purpose

What Funcyard remembers of each project it generated: the choices that were made and why, the files
that came and went, and what is worth knowing on this machine. The shared, static standards are
elsewhere (`context/azure/`); this is one project's own history.

## Directory Structure

```
generate-azure-functions/
├── index.md                    # this file
└── {project-name}/             # one folder a project, made on the first run
    ├── project_config.md       # the configuration decided
    ├── generated_files.md      # every file that was generated
    ├── customizations.md       # where the project departs from the defaults, and why
    └── setup_notes.md          # prerequisites, how to start and test, notes
```

## Rules

- `project_config.md` is updated when the configuration changed, `generated_files.md` is appended to
  when files came (and says which went), `customizations.md` is added to, `setup_notes.md` is
  appended to. All carry the date of their last change in the first line: up to 30 days they are
  fresh, up to 90 aging, beyond stale.
- Write in them what you like, anywhere. Funcyard knows its own lines by the digests in the comments
  that close its sections, and keeps yours.
- What is remembered is the default of a question that `funcyard.yaml` leaves open; where the two
  differ, `funcyard.yaml` counts and the difference is said.
- No secret belongs here. Funcyard writes none and refuses notes that look like one."""


def sections(projects: Sequence[str]) -> list[Section]:
    """Return what the index should say, given the names of all projects in the store."""
    listed = [f"- [{name}]({name}/project_config.md)" for name in projects]
    return [
        Section("structure", tuple(_STRUCTURE.splitlines())),
        Section("projects", ("## Projects", "", *listed)),
    ]
