"""``generated_files.md``: every file that was ever generated, by group, with what it is for.

Files are appended as they come; one that ceases to be generated stays listed, with the moment it
went, until it comes back. The entries are read back from the file itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funcyard.project.memory.document import Section
from funcyard.project.memory.model import RememberedFile
from funcyard.project.memory.wording import code, counted, prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from funcyard.project.files import GeneratedFile

_TITLES = {
    "Docker": "Docker Configuration",
    "Tilt": "Tilt Configuration",
    "Environment": "Environment Configuration",
    "Ignore": "Ignore Files",
    "History": "History Folder",
}
_EDITING = {
    "managed": "an update keeps your edits",
    "seeded": "written once, yours since",
    "user": "never written by Funcyard",
}
_GROUP = re.compile(r"## (.+?)\s*")
_PATH = re.compile(r"### (\S.*?)\s*")
_MOMENT = re.compile(r"- \*\*(Added|Removed)\*\*: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*")
_NOT_GROUPS = {"Total Files Generated", "History"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A remembered file with the lines that describe it.

    Attributes:
        file: What is remembered.
        about: Its description as list items, without the moments.
    """

    file: RememberedFile
    about: tuple[str, ...] = ()


def entries(lines: Iterable[str]) -> list[Entry]:
    """Return the files that lines of ``generated_files.md`` list, in their order."""
    found: list[Entry] = []
    group, inside = "", False
    for line in lines:
        if heading := _GROUP.fullmatch(line):
            group, inside = heading[1], False
        elif group in _NOT_GROUPS:
            continue
        elif path := _PATH.fullmatch(line):
            found.append(Entry(RememberedFile(path[1], _group(group))))
            inside = True
        elif not line.strip():
            inside = False
        elif inside:
            found[-1] = _with_line(found[-1], line)
    return found


def brought_up_to_date(
    before: Sequence[Entry],
    files: Sequence[GeneratedFile],
    *,
    moment: str,
    is_known: Callable[[str], bool],
) -> list[Entry]:
    """Return the entries after a run: known ones in place, new ones at the end of their group.

    Args:
        before: What was remembered.
        files: All files of the project as generated now.
        moment: The run's time, for files that came or went.
        is_known: Whether a file that is not in ``before`` needs no time of its own: in the first
            run, and where a person deleted its entry.
    """
    now = {file.path: file for file in files}
    kept: list[Entry] = []
    for entry in before:
        if file := now.pop(entry.file.path, None):
            back = {"added": moment, "removed": ""} if entry.file.removed else {}
            kept.append(Entry(replace(entry.file, group=file.group, **back), _about(file)))
        else:
            kept.append(
                replace(entry, file=replace(entry.file, removed=entry.file.removed or moment))
            )
    for path, file in now.items():
        added = "" if is_known(path) else moment
        kept.append(Entry(RememberedFile(path, file.group, added=added), _about(file)))
    return kept


def sections(listed: Sequence[Entry]) -> list[Section]:
    """Return what the file should say of ``listed``: a section for each group, and the totals."""
    made: list[Section] = []
    totals: list[str] = []
    for group in dict.fromkeys(entry.file.group for entry in listed):
        here = [entry for entry in listed if entry.file.group == group]
        lines = [line for entry in here for line in ("", *_lines(entry))]
        made.append(Section(_name(group), (f"## {_TITLES.get(group, group)}", *lines)))
        present = sum(not entry.file.removed for entry in here)
        totals.append(f"- {_TITLES.get(group, group)}: {counted(present, 'file')}")
    present = sum(not entry.file.removed for entry in listed)
    total = ("## Total Files Generated", "", *totals, "", f"**Total**: {counted(present, 'file')}")
    return [*made, Section("total", total)]


def changes(before: Sequence[Entry], after: Sequence[Entry], *, moment: str) -> list[str]:
    """Return what came and went in the run of that moment, a sentence for each file."""
    old = {entry.file.path: entry.file for entry in before}
    came = [each.file.path for each in after if each.file.added == moment]
    went = [each.file.path for each in after if each.file.removed == moment]
    return [
        f"{what} {code(path)}"
        for what, paths in (("added", came), ("removed", went))
        for path in sorted(paths)
        if path not in old or moment not in (old[path].added, old[path].removed)
    ]


def _with_line(entry: Entry, line: str) -> Entry:
    """Return ``entry`` with what a line below its path says; each thing is said once."""
    if moment := _MOMENT.fullmatch(line):
        return replace(entry, file=replace(entry.file, **{moment[1].lower(): moment[2]}))
    said = {known.split(":")[0] for known in entry.about}
    if line.startswith("- **") and line.split(":", maxsplit=1)[0] not in said:
        return replace(entry, about=(*entry.about, line))
    return entry


def _lines(entry: Entry) -> list[str]:
    lines = [f"### {entry.file.path}", *entry.about]
    if entry.file.added:
        lines.append(f"- **Added**: {entry.file.added}")
    if entry.file.removed:
        lines.append(f"- **Removed**: {entry.file.removed}")
    return lines


def _about(file: GeneratedFile) -> tuple[str, ...]:
    lines = [
        f"- **Purpose**: {prose(file.purpose)}",
        f"- **Template**: {code(file.template)}",
        f"- **User Editable**: {file.editable} ({_EDITING[file.ownership.value]})",
    ]
    if not file.git_tracked:
        lines.append("- **Git Tracked**: NO (in .gitignore)")
    return tuple(lines)


def _group(title: str) -> str:
    return next((group for group, shown in _TITLES.items() if shown == title), title)


def _name(group: str) -> str:
    return "files-" + "-".join(re.findall("[a-z0-9]+", group.lower()))
