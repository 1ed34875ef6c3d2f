"""A project found from any folder in it, and judged on the day that the caller gives."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from funcyard import project
from funcyard.project.opening import open_project
from funcyard.project.reading import SpecError
from funcyard.project.root import NoProjectError, find_root

_SPEC = "project_name: small\nfunction_apps: [api]\nruntime: {version: '3.10'}\n"


def test_a_project_is_found_from_any_folder_in_it(tmp_path: Path) -> None:
    (tmp_path / "funcyard.yaml").write_text(_SPEC.replace("3.10", "3.11"))
    inner = tmp_path / "functions" / "api"
    inner.mkdir(parents=True)
    assert find_root(inner) == tmp_path
    opened = open_project(inner, today=date(2026, 11, 21))
    assert (opened.root, opened.spec.project_name, opened.recovery) == (tmp_path, "small", None)


def test_outside_of_a_project_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoProjectError):
        open_project(tmp_path, today=date(2026, 11, 21))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 10, 31), "Python 3.10 is not supported yet"),
        (date(2026, 11, 1), "Python 3.10 ended on 2026-10-31"),
    ],
)
def test_runtimes_are_judged_on_the_day_that_is_given(tmp_path: Path, day: date, said: str) -> None:
    (tmp_path / "funcyard.yaml").write_text(_SPEC)
    with pytest.raises(SpecError, match=said):
        open_project(tmp_path, today=day)


def test_no_job_reads_a_clock() -> None:
    clock = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")
    jobs = Path(str(project.__file__)).parent
    sources = [path for path in jobs.rglob("*.py") if "blueprints" not in path.parts]
    assert len(sources) > 50
    assert [path.name for path in sources if clock.search(path.read_text(encoding="utf-8"))] == []
