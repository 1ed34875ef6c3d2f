"""Random edits of a person and random changes of the spec: nothing of the person's is lost."""

from __future__ import annotations

import itertools
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from funcyard.project.creating import create
from funcyard.project.plan import State
from funcyard.project.reading import parse_spec
from funcyard.project.root import SPEC_FILE
from funcyard.project.updating import Request, update

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
APPS = ("api", "jobs", "web-shop")
TRIGGERS = ("http", "timer", "queue", "blob")


@st.composite
def specs(draw: st.DrawFn) -> str:
    """Draw the text of a sound spec of the project ``shop``."""
    lines = ["project_name: shop", f"dependency_manager: {draw(st.sampled_from(['pip', 'uv']))}"]
    lines.append("function_apps:")
    names = draw(st.lists(st.sampled_from(APPS), min_size=1, max_size=3, unique=True))
    for number, name in enumerate(names):
        triggers = draw(st.lists(st.sampled_from(TRIGGERS), min_size=1, max_size=2, unique=True))
        port = 7071 + number + draw(st.sampled_from([0, 10]))
        lines.append(f"  - {{name: {name}, port: {port}, triggers: [{', '.join(triggers)}]}}")
    if variables := draw(st.lists(st.sampled_from(["LEVEL", "REGION"]), unique=True)):
        lines.append("environment:")
        lines += [f"  - {{name: {variable}, default: one}}" for variable in variables]
    if draw(st.booleans()):
        lines.append("storage: {queues: [reports], tables: [Extra]}")
    return "\n".join(lines) + "\n"


class Person:
    """Edits files as people do; every line that she writes is recognisable."""

    def __init__(self, root: Path, data: st.DataObject) -> None:
        self.root = root
        self.data = data
        self.words = (f"person-wrote-{number}" for number in itertools.count())
        self.own: dict[str, bytes] = {}

    def files(self) -> list[str]:
        return sorted(
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file() and ".funcyard" not in path.parts and path.name != SPEC_FILE
        )

    def edit(self) -> None:
        path = self.root / self.data.draw(st.sampled_from(self.files()))
        kind = self.data.draw(
            st.sampled_from(["insert", "change", "cut", "append", "windows", "delete", "own"])
        )
        note(f"{kind} {path.relative_to(self.root)}")
        lines = path.read_bytes().splitlines(keepends=True) or [b"\n"]
        at = self.data.draw(st.integers(0, len(lines) - 1))
        word = next(self.words).encode()
        match kind:
            case "insert":
                lines.insert(at, word + b"\n")
            case "change":
                lines[at] = word + b"\n"
            case "cut":
                del lines[at : at + 3]
            case "append":
                lines.append(word)
            case "windows":
                lines = [line.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for line in lines]
            case "delete":
                path.unlink()
                return
            case _:
                path = path.with_name(f"{word.decode()}.txt")
                lines = [word]
                self.own[path.relative_to(self.root).as_posix()] = word
        path.write_bytes(b"".join(lines))

    def written(self) -> set[tuple[str, bytes]]:
        """Return where each word of hers is now."""
        return {
            (path, word)
            for path in self.files()
            for word in (self.root / path).read_bytes().replace(b"\r", b"").split(b"\n")
            if word.startswith(b"person-wrote-")
        }


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_nothing_that_a_person_wrote_is_lost(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "shop")
        request = Request(now=NOW, memory=Path(folder, "memory"))
        create(root, parse_spec(data.draw(specs()), today=NOW.date()), request)
        person = Person(root, data)
        for _ in range(data.draw(st.integers(1, 3))):
            for _ in range(data.draw(st.integers(0, 6))):
                person.edit()
            missing = set(person.own) - set(person.files())
            person.own = {path: word for path, word in person.own.items() if path not in missing}
            before, there = person.written(), set(person.files())
            (root / SPEC_FILE).write_text(data.draw(specs()))
            outcome = update(root, request)
            assert before <= person.written()
            for file in outcome.plan.files:
                if file.state is State.DELETED:
                    assert file.path not in there
                    assert not (root / file.path).exists()
            again = update(root, request)
            assert not again.written
            assert again.plan.conflicts == outcome.plan.conflicts
