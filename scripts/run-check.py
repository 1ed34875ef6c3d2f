"""What seed 004 took four deployments for: each state of its code, and what check says first.

The project is laid out as the one that showed "0 functions found", on an interpreter with the real
packages; nothing is deployed. In the end ``--fix`` mends it, and all of its functions are found.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.integration.preflight import haymaker, one_node
from tests.integration.preflight.checking import check
from tests.integration.preflight.haymaker import moved, project, write

_ANNOTATION = "annotation-not-a-class"
_GUARDED = haymaker.APP + haymaker.IMPORTS + "raise RuntimeError('no credentials here')\n"
_STATES = (
    (
        "conflict markers left by a merge",
        project(good=True, __init__=haymaker.CONFLICT + haymaker.IMPORTS),
        "merge-conflict-marker",
    ),
    ("a profile of one E16 node, in Bicep", one_node.FILES, "workload-profile-too-small"),
    (
        "a broad except around the import",
        project(good=True, function_app=haymaker.GUARDED, __init__=_GUARDED),
        "import-guard-hides-app",
    ),
    ("annotations dict[str, Any]", project(good=False), _ANNOTATION),
    (
        "the same, every function imported",
        project(good=False, function_app=haymaker.EVERY_IMPORT),
        _ANNOTATION,
    ),
    (
        "the same, and named in __all__",
        project(good=False, function_app=haymaker.EVERY_NAME),
        _ANNOTATION,
    ),
    (
        "the same, moved into function_app.py",
        project(good=False, function_app=moved(good=False)),
        _ANNOTATION,
    ),
)


def main() -> int:
    """Check every state and print what was said; 0 where each cause was named first."""
    python = _python()
    with tempfile.TemporaryDirectory(prefix="funcyard-check-") as text:
        good = [_state(Path(text, str(n)), *one, python) for n, one in enumerate(_STATES)]
        good.append(_mended(Path(text, "mended"), python))
    return 0 if all(good) else 1


def _python() -> Path:
    """Return an interpreter with azure-functions and Durable Functions."""
    script = Path(__file__).with_name("official-worker-env.sh")
    done = subprocess.run([script], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return Path(done.stdout.split()[-1])


def _state(folder: Path, name: str, files: dict[str, str], rule: str, python: Path) -> bool:
    write(folder, files)
    began = time.perf_counter()
    done = check(folder, "--json", "--ignore", "workstation", "--python", python)
    took = time.perf_counter() - began
    first = done.document["findings"][0]
    good = done.status == 1 and first["rule"] == rule
    place = f"{first['file']}:{first['line']}"
    print(f"{'ok' if good else 'WRONG':6} {name:37} {first['rule']:27} {took:4.1f} s  {place}")
    return good


def _mended(folder: Path, python: Path) -> bool:
    write(folder, project(good=False))
    given = ("--json", "--ignore", "workstation", "--python", python)
    fixes = check(folder, *given, "--fix", "--yes").document["fixes"]
    left = check(folder, *given)
    found = len(left.document["functions"])
    good = left.status == 0 and found == len(haymaker.FUNCTIONS)
    print(
        f"{'ok' if good else 'WRONG':6} --fix changed {len(fixes)} files: {found} functions found"
    )
    return good


if __name__ == "__main__":
    sys.exit(main())
