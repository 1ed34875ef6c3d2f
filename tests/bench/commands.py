"""How long a command takes as a whole process: ``--help``, and ``new`` against copier.

copier renders the same files: its template is made of what ``new`` has generated, the project's and
the apps' names being its variables, and its result is compared with ours byte for byte. What
``new`` writes beside them (manifest, merge bases, memory) copier need not. Both in turn.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path

from tests.bench.machinery import ROOT, print_ratio, print_value, timed
from tests.e2e.running import FUNCYARD

_ROUNDS = 10
_COPIER = ROOT / ".venvs" / "copier" / "bin" / "copier"
_NAMES = {
    "project": "my-data-pipeline",
    "first": "orchestrator",
    "second": "processor",
    "third": "loader",
}
_OPEN, _CLOSE = "<%=", "=%>"
_SETTINGS = f"""
_subdirectory: files
_templates_suffix: ""
_envops:
  variable_start_string: "{_OPEN}"
  variable_end_string: "{_CLOSE}"
  block_start_string: "<%~"
  block_end_string: "~%>"
  comment_start_string: "<%#"
  comment_end_string: "#%>"
  keep_trailing_newline: true
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        _help(folder)
        _new(folder)


def _help(folder: Path) -> None:
    timed([FUNCYARD, "--help"], folder)
    seconds = statistics.median(timed([FUNCYARD, "--help"], folder) for _ in range(_ROUNDS))
    print_value("funcyard --help", f"{seconds * 1000:.0f} ms", target="under 200 ms")


def _new(folder: Path) -> None:
    project = _NAMES["project"]
    _run_ours(folder / "pattern")
    template = folder / "template"
    _make_template(folder / "pattern" / project, template)
    _run_copier(template, folder / "copied")
    _compare(folder / "pattern" / project, folder / "copied" / project)
    ours, peer = [], []
    for index in range(_ROUNDS):
        peer.append(_run_copier(template, folder / f"peer{index}"))
        ours.append(_run_ours(folder / f"ours{index}"))
    print_ratio(
        "new, three apps",
        statistics.median(ours) * 1000,
        "copier",
        statistics.median(peer) * 1000,
        target="under 500 ms and under 1",
        unit=" ms",
    )


def _run_ours(folder: Path) -> float:
    folder.mkdir()
    project = _NAMES["project"]
    return timed([FUNCYARD, "new", project, "--blueprint", "data-pipeline", "--yes"], folder)


def _run_copier(template: Path, folder: Path) -> float:
    folder.mkdir()
    return timed([_COPIER, "copy", "--defaults", "--quiet", template, _NAMES["project"]], folder)


def _make_template(pattern: Path, template: Path) -> None:
    answers = "".join(f"{key}: {value}\n" for key, value in _NAMES.items())
    template.mkdir()
    (template / "copier.yml").write_text(answers + _SETTINGS, encoding="utf-8")
    for path in _files(pattern):
        target = template / "files" / _with_variables(path.relative_to(pattern).as_posix())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_with_variables(path.read_bytes().decode()).encode())
        shutil.copymode(path, target)


def _with_variables(text: str) -> str:
    for key, value in _NAMES.items():
        text = text.replace(value, f"{_OPEN}{key}{_CLOSE}")
    return text


def _compare(pattern: Path, copied: Path) -> None:
    ours, theirs = (
        {path.relative_to(root): path.read_bytes() for path in _files(root)}
        for root in (pattern, copied)
    )
    if ours != theirs:
        wrong = [
            str(path) for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path)
        ]
        raise SystemExit(f"copier does not render the same files: {', '.join(sorted(wrong))}")


def _files(root: Path) -> list[Path]:
    return [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] != ".funcyard"
    ]


if __name__ == "__main__":
    main()
