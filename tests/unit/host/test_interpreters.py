"""A Python is one once it has said its version."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from funcyard.host import interpreters
from funcyard.host.interpreters import BadInterpreterError, check_interpreter, version_of

_HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def _script(folder: Path, text: str, mode: int = 0o755) -> Path:
    path = folder / "python"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_python_of_the_wanted_version_passes() -> None:
    asyncio.run(check_interpreter(Path(sys.executable), _HERE))
    asyncio.run(check_interpreter(Path(sys.executable)))
    assert asyncio.run(version_of(Path(sys.executable))) == _HERE


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        ("#!/bin/sh\nexit 0\n", 0o644, "is no usable Python: Permission denied"),
        ("no program", 0o755, "is no usable Python: Exec format error"),
        ("#!/nowhere/sh\n", 0o755, "is no usable Python: No such file or directory"),
        ("#!/bin/sh\nexit 3\n", 0o755, "is no usable Python: it ends with exit code 3"),
        (
            "#!/bin/sh\necho first >&2; echo not selected >&2; exit 127\n",
            0o755,
            "is no usable Python: it ends with exit code 127: not selected",
        ),
        (
            "#!/bin/sh\necho hello\n",
            0o755,
            r"is no usable Python: asked for its version, it answers 'hello\\n'",
        ),
        ("#!/bin/sh\necho 2.7\n", 0o755, "it answers '2.7"),
        ("#!/bin/sh\necho 3.10\n", 0o755, "is Python 3.10: apps run on 3.11 or newer"),
    ],
)
def test_what_is_no_python_is_refused_with_its_answer(
    tmp_path: Path, text: str, mode: int, why: str
) -> None:
    path = _script(tmp_path, text, mode)

    with pytest.raises(BadInterpreterError, match=f"{path} {why}" if why[:2] == "is" else why):
        asyncio.run(check_interpreter(path))


def test_another_version_than_the_apps_ask_for_is_refused(tmp_path: Path) -> None:
    path = _script(tmp_path, "#!/bin/sh\necho 3.12\n")

    asyncio.run(check_interpreter(path))
    with pytest.raises(BadInterpreterError, match=r"is Python 3\.12, and the apps ask for 3\.13"):
        asyncio.run(check_interpreter(path, "3.13"))


@pytest.mark.parametrize("text", ["exec sleep 60", "while :; do echo 3.11; done"])
def test_what_never_ends_its_answer_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(interpreters, "_TIMEOUT_SECONDS", 0.3)

    with pytest.raises(BadInterpreterError, match=r"does not say its version within 0\.3 s"):
        asyncio.run(check_interpreter(_script(tmp_path, f"#!/bin/sh\n{text}\n")))
