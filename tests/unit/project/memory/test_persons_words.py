"""What a person wrote survives: random edits of the files, random changes of the project."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from funcyard.project.memory.model import FILES, Change, ChangeKind, FileState
from funcyard.project.memory.reading import load
from funcyard.project.memory.recording import record

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.project.files import GeneratedFile
    from funcyard.project.spec import Spec

_NOW = datetime(2026, 11, 20, 15, 30)  # noqa: DTZ001 - local time, as the memory shows it
_FORMS = ("- {}", "   - {}", "{}", "## {}", "### {}", "- **Reason**: {}", "1. **{}**", "> {}")

_edits = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 200), st.sampled_from(_FORMS), st.booleans()),
    min_size=1,
    max_size=8,
)
_changes = st.fixed_dictionaries(
    {},
    optional={
        "dependency_manager": st.sampled_from(["pip", "poetry", "uv"]),
        "runtime": st.just({"version": "3.13"}),
        "environment": st.sampled_from([[], [{"name": "OTHER", "description": "else"}]]),
        "local_packages": st.just([]),
        "volumes": st.just([]),
        "azure_cli": st.sampled_from([False]),
        "reasons": st.sampled_from([{}, {"dependency_manager": "another reason"}]),
        "function_apps": st.sampled_from(
            [[{"name": "loader", "port": 7100}], [{"name": "orchestrator"}, {"name": "reporter"}]]
        ),
    },
)


def _edit(path: Path, at: int, line: str, *, replace: bool) -> str | None:
    """Insert a line, or write over one that is no comment of Funcyard's; return what was lost."""
    lines = path.read_text().splitlines()
    inside, editable = False, []
    for number, text in enumerate(lines):
        marker = text.startswith(("<!-- ", "-->")) or inside
        inside = (text.startswith("<!-- funcyard:end") or inside) and text != "-->"
        if number and not marker:
            editable.append(number)
    place = editable[at % len(editable)]
    lost = lines[place] if replace else None
    lines[place : place + replace] = [line]
    path.write_text("\n".join(lines) + "\n")
    return lost


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(rounds=st.lists(st.tuples(_edits, _changes, st.integers(0, 3)), min_size=1, max_size=3))
@example(  # lines of ours between a person's, replaced by hers, before a section shrinks
    rounds=[
        ([(1, 7, "- {}", True), (1, 14, "- {}", True), (1, 18, "- {}", False)], {}, 2),
        ([(1, 53, "- {}", False)], {}, 0),
    ]
)
def test_nothing_a_person_wrote_is_lost_or_doubled(
    pipeline: Callable[..., Spec],
    generated: Callable[..., GeneratedFile],
    rounds: list[tuple[list[tuple[int, int, str, bool]], dict[str, object], int]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = Path(name)
        spec = pipeline()
        files = [generated(f"file-{number}") for number in range(3)]
        change = Change(ChangeKind.UPDATE)
        folder = record(store, spec, files, change, now=_NOW, version="1").folder
        mine: dict[str, str] = {}
        for number, (edits, changed, dropped) in enumerate(rounds, start=1):
            for index, (file, at, form, replace) in enumerate(edits):
                line = form.format(f"mine-{number}-{index}")
                lost = _edit(folder / FILES[file], at, line, replace=replace)
                mine = {key: value for key, value in mine.items() if key != lost}
                mine[line] = FILES[file]
            spec = pipeline(**changed)
            for _ in range(2):
                now = _NOW + timedelta(days=number)
                result = record(store, spec, files[dropped:], change, now=now, version="1")
                assert not result.recovered
            assert len(result.unchanged) == len(FILES) + 1
            for line, file_name in mine.items():
                assert (folder / file_name).read_text().splitlines().count(line) == 1
        memory = load(store, spec.project_name, now=_NOW + timedelta(days=number))
        assert memory.state is FileState.FRESH
