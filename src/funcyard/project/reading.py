"""A spec from a file or a text: read within bounds, shaped, checked; every fault at its place.

Bytes become a tree with places (``yaml_tree``), the tree becomes models (``shape``), the rules
across fields speak (``rules``), and all that was found leaves together: as one
:class:`SpecError`, or as warnings beside the spec.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funcyard.faults import Severity, dotted
from funcyard.listening import is_busy
from funcyard.project import rules
from funcyard.project.catalog import paths_of
from funcyard.project.findings import Fault, Finding, SpecError
from funcyard.project.root import SPEC_FILE
from funcyard.project.shape import locate, shape
from funcyard.project.yaml_tree import LONGEST_TEXT, YamlFault, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from funcyard.faults import Path as SpecPath
    from funcyard.project.spec import Spec
    from funcyard.project.yaml_tree import Node

__all__ = [
    "Finding",
    "Severity",
    "SpecDocument",
    "SpecError",
    "Target",
    "busy_ports",
    "parse_spec",
    "read_spec",
]


@dataclass(frozen=True, slots=True)
class Target:
    """Where the project of a spec is to be.

    Attributes:
        folder: Its folder, which need not exist; local packages have to be there, unless the
            blueprint brings them.
        certain: False where it may be made elsewhere: what is missing is worth a warning then.
    """

    folder: Path
    certain: bool = True


@dataclass(frozen=True, slots=True)
class SpecDocument:
    """A sound spec with the text that it was read from.

    Attributes:
        spec: The spec, with the storage that its triggers need declared.
        text: The text as a person wrote it, without a byte order mark.
        warnings: What a person should know and nothing has to stop for.
        name: What the file is called in messages.
    """

    spec: Spec
    text: str
    warnings: tuple[Finding, ...]
    name: str = SPEC_FILE


def read_spec(
    path: Path,
    *,
    root: Path | None = None,
    target: Target | None = None,
    today: date,
    busy: Callable[[int], bool] | None = None,
) -> SpecDocument:
    """Read a spec from a file.

    Args:
        path: The file.
        root: The project's folder: the file must lie in it once symbolic links are followed, and
            local packages are looked for in it. None for a spec whose project is not there yet.
        target: Where that project is to be; None looks nowhere.
        today: The day on which runtimes are judged.
        busy: Says of a port whether it is taken, which is worth a warning; None asks nobody.

    Raises:
        SpecError: It cannot be read or has faults, all of them listed.
    """
    name = path.name
    try:
        if root is not None and not path.resolve().is_relative_to(root.resolve()):
            raise _unreadable(name, "is a symbolic link that leaves the project")
        content = _read(path)
    except (OSError, RuntimeError, ValueError) as fault:
        # RuntimeError: a loop of symbolic links; ValueError: a null byte in the path.
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise _unreadable(name, f"cannot be read: {reason}") from fault
    return parse_spec(content, name=name, root=root, target=target, today=today, busy=busy)


def parse_spec(
    text: str | bytes,
    *,
    name: str = SPEC_FILE,
    root: Path | None = None,
    target: Target | None = None,
    today: date,
    busy: Callable[[int], bool] | None = None,
) -> SpecDocument:
    """Read a spec from text, or from bytes that should be UTF-8.

    Args:
        text: YAML or JSON.
        name: What the file is called in messages.
        root: The project's folder, in which local packages are looked for; None looks nowhere.
        target: As for :func:`read_spec`.
        today: The day on which runtimes are judged.
        busy: As for :func:`read_spec`.

    Raises:
        SpecError: It has faults, all of them listed.
    """
    decoded = _decode(text, name) if isinstance(text, bytes) else text
    try:
        tree = read_yaml(decoded)
    except YamlFault as fault:
        finding = Finding(Severity.ERROR, "", fault.message, fault.line, fault.column, fault.hint)
        raise SpecError(name, [finding]) from fault
    if tree.kind != "mapping":
        message = "a spec is a mapping of fields, such as project_name: my-project"
        raise SpecError(name, [Finding(Severity.ERROR, "", message, tree.line, tree.column)])
    shaped = shape(tree, today)
    findings = [_at(node, fault.path, fault) for fault, node in shaped.faults]
    if shaped.spec is not None:
        for broken in _broken(shaped.spec, root, target, today, busy):
            path = _as_in_file(tree, broken.path)
            if not _is_cut(path, shaped.cut):
                findings.append(_at(locate(tree, broken.path), path, broken))
    found = _in_order(findings)
    if shaped.spec is None or _has_errors(found):
        raise SpecError(name, found)
    return SpecDocument(rules.complete(shaped.spec), decoded, found, name)


def _broken(
    spec: Spec,
    root: Path | None,
    target: Target | None,
    today: date,
    busy: Callable[[int], bool] | None,
) -> Iterator[Fault]:
    """Yield every fault of a spec of sound shape."""
    if target is None:
        yield from rules.check(spec, root=root, today=today, busy=busy)
        return
    brought = paths_of(spec.blueprint) if spec.blueprint and spec.local_packages else ()
    if target.certain:
        yield from rules.check(spec, root=target.folder, brought=brought, today=today, busy=busy)
        return
    yield from rules.check(spec, today=today, busy=busy)
    for fault in rules.local_packages(spec, target.folder, brought):
        hint = "it has to be in the folder of the new project"
        yield replace(fault, severity=Severity.WARNING, hint=hint)
    for fault in rules.package_names(spec, target.folder):
        yield replace(fault, severity=Severity.WARNING)


def busy_ports(
    document: SpecDocument, *, busy: Callable[[int], bool] = is_busy
) -> tuple[Finding, ...]:
    """Return a warning for each app whose port is busy on this machine now.

    Args:
        document: A sound spec.
        busy: Says of a port whether it is taken.
    """
    tree = read_yaml(document.text)
    found = (fault for fault in rules.busy_ports(document.spec, busy))
    return tuple(_at(locate(tree, fault.path), fault.path, fault) for fault in found)


def _read(path: Path) -> bytes:
    """Return a regular file's bytes, one more than is taken where it is larger than that."""
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "it is not a regular file")
        return file.read(4 * LONGEST_TEXT + 1)


def _without_waiting(path: str, flags: int) -> int:
    """Open a file, without waiting for a writer where it is a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _decode(content: bytes, name: str) -> str:
    if len(content) > 4 * LONGEST_TEXT:
        raise _unreadable(name, f"is larger than {LONGEST_TEXT // 1024} KiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = content[: fault.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        message = f"not UTF-8 text: byte 0x{content[fault.start]:02x}"
        raise SpecError(name, [Finding(Severity.ERROR, "", message, line, column)]) from fault


def _unreadable(name: str, message: str) -> SpecError:
    return SpecError(name, [Finding(Severity.ERROR, "", message)])


def _at(node: Node, path: SpecPath, fault: Fault) -> Finding:
    return Finding(fault.severity, dotted(path), fault.message, node.line, node.column, fault.hint)


def _as_in_file(tree: Node, path: SpecPath) -> SpecPath:
    """Return a path of the spec as the file counts it, whatever was cut out before it."""
    node, steps = tree, list(path)
    while steps and (child := node.child(steps[0])) is not None:
        node = child
        del steps[0]
    return (*node.path, *steps)


def _is_cut(path: SpecPath, cut: Iterable[SpecPath]) -> bool:
    if path[:1] == ("reasons",) and len(path) > 1:
        path = (str(path[1]).partition(".")[0],)  # a reason speaks of the field that it names
    return any(path[: len(gone)] == gone or (path and gone[: len(path)] == path) for gone in cut)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda item: (item.line, item.column, item.path)))


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(item.severity is Severity.ERROR for item in findings)
