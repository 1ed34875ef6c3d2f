"""A twin from its folder: read within bounds, shaped, checked; every fault at its place.

Bytes become trees with places (``json_tree``), trees become models (``shaping``), the rules across
files speak (``checks``), and all that was found leaves together: as one :class:`TwinError`, or as
warnings beside the twin.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from funcyard.faults import Severity, dotted
from funcyard.plain_files import is_folder
from funcyard.twin.config import checks
from funcyard.twin.config.clouds import Providers
from funcyard.twin.config.credentials import Credentials
from funcyard.twin.config.devices import Devices
from funcyard.twin.config.events import Events
from funcyard.twin.config.files import EVENTS, MODELS, NEEDED, SECRET
from funcyard.twin.config.findings import Fault, Finding, TwinError
from funcyard.twin.config.general import Config
from funcyard.twin.config.hierarchy import Hierarchy
from funcyard.twin.config.inter_cloud import InterCloud
from funcyard.twin.config.json_tree import JsonFault, Node, read_json
from funcyard.twin.config.optimization import Optimization
from funcyard.twin.config.parts import Parts
from funcyard.twin.config.payloads import read_payloads
from funcyard.twin.config.shaping import as_the_file_counts, locate, shape
from funcyard.twin.config.simulation import Simulation
from funcyard.twin.config.texts import read_text
from funcyard.twin.config.twin import Twin
from funcyard.twin.contract.info import LARGEST_INFO
from funcyard.twin.describing import describe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_OF_A_TWIN = "config*.json"
MISSING: Final = "is missing"


@dataclass(frozen=True, slots=True)
class TwinDocument:
    """A sound twin.

    Attributes:
        twin: The twin.
        warnings: What a person should know and nothing has to stop for.
    """

    twin: Twin
    warnings: tuple[Finding, ...]


@dataclass(slots=True)
class _Folder:
    """What was found so far."""

    parts: Parts
    trees: dict[str, Node] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, fault: Fault, node: Node | None) -> None:
        line, column = (node.line, node.column) if node else fault.place
        if node and fault.offset is not None:
            column = node.column_of(fault.offset)
        self.findings.append(
            Finding(
                fault.severity,
                fault.file,
                dotted(fault.path),
                fault.message,
                line,
                column,
                fault.hint,
            )
        )


def read_twin(folder: Path) -> TwinDocument:
    """Read a twin from its folder.

    Raises:
        TwinError: It cannot be read or has faults, all of them listed.
    """
    if not is_folder(folder):
        raise TwinError(
            str(folder), [Finding(Severity.ERROR, str(folder), "", "there is no such folder")]
        )
    found = _Folder(Parts(folder))
    for file in MODELS:
        _read(found, file)
    if not found.trees and all(one.message == MISSING for one in found.findings):
        message = "there is no digital twin here: none of its files"
        hint = "`funcyard twin schema` lists them"
        raise TwinError(str(folder), [Finding(Severity.ERROR, str(folder), "", message, hint=hint)])
    for fault in (*checks.check(found.parts), *_strangers(folder)):
        tree = found.trees.get(fault.file)
        if tree is None:
            found.add(fault, None)
            continue
        told = replace(fault, path=as_the_file_counts(tree, fault.path))
        found.add(told, locate(tree, told.path))
    findings = _in_order(found.findings)
    sound = not any(one.severity is Severity.ERROR for one in findings)
    twin = _whole(found.parts) if sound else None
    if twin is None:
        raise TwinError(str(folder), findings)
    if (size := len(describe(twin).write())) > LARGEST_INFO:
        message = (
            f"what functions are told of their twin is {size:,} bytes long, and a process takes no "
            f"setting of more than {LARGEST_INFO:,}"
        )
        hint = "divide the twin, or let its events say less"
        raise TwinError(str(folder), [Finding(Severity.ERROR, EVENTS, "", message, hint=hint)])
    return TwinDocument(twin, findings)


def _read(found: _Folder, file: str) -> None:
    """Read one file; what is sound of it becomes a part."""
    try:
        text = read_text(found.parts.folder, file)
        if text is None:
            if file in NEEDED:
                found.parts.broken.add(file)
                found.add(Fault(file, (), MISSING), None)
            return
        tree = read_json(text)
    except JsonFault as fault:
        found.parts.broken.add(file)
        found.findings.append(
            Finding(Severity.ERROR, file, "", fault.message, fault.line, fault.column, fault.hint)
        )
        return
    found.trees[file] = tree
    if file == EVENTS:
        for unread, node in checks.unreadable(tree):
            found.add(unread, node)
    shaped = shape(file, MODELS[file], tree, secret=file in SECRET)
    for broken, node in shaped.faults:
        found.add(broken, node)
    if shaped.faults:
        found.parts.broken.add(file)
    if shaped.model is not None:
        found.parts.models[file] = shaped.model


def _strangers(folder: Path) -> Iterable[Fault]:
    """Yield a warning for each file that is called like one of a twin's and is none."""
    for path in sorted(folder.glob(_OF_A_TWIN)):
        if path.name not in MODELS:
            close = get_close_matches(path.name, MODELS, n=1)
            hint = f"did you mean {close[0]}?" if close else None
            yield Fault(path.name, (), "is not read", hint, Severity.WARNING)


def _whole(parts: Parts) -> Twin | None:
    config, devices = parts.get(Config), parts.get(Devices)
    providers, credentials = parts.get(Providers), parts.get(Credentials)
    optimization = parts.get(Optimization)
    if not (config and devices and providers and credentials and optimization):
        return None
    events, inter_cloud = parts.get(Events), parts.get(InterCloud)
    simulation = parts.get(Simulation)
    return Twin(
        folder=parts.folder,
        config=config,
        devices=devices.root,
        events=events.root if events else (),
        flags=optimization.result.flags,
        providers=providers,
        credentials=credentials,
        connections=inter_cloud.connections if inter_cloud else {},
        hierarchy=parts.get(Hierarchy),
        processors=frozenset(checks.processors(parts.folder)),
        simulation=simulation,
        payloads={
            one.device: _payloads(parts.folder, one.payloads)
            for one in (simulation.devices if simulation else ())
            if one.payloads is not None
        },
    )


def _payloads(folder: Path, file: str) -> tuple[dict[str, object], ...]:
    items = read_payloads(folder, file).items
    return tuple({name: node.value for name, node in one.entries.items()} for one in items)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    files = [*MODELS]

    def key(one: Finding) -> tuple[int, str, int, int, str]:
        number = files.index(one.file) if one.file in files else len(files)
        return number, one.file, one.line, one.column, one.path

    return tuple(sorted(findings, key=key))
