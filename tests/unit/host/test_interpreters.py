"""A Python is one once it has said its version."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from funcyard.host import interpreters
from funcyard.host.interpreters import (
    BadInterpreterError,
    InterpreterError,
    check_interpreter,
    find_interpreter,
)

_HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
_WANTED = "3.97"


def _script(folder: Path, text: str, mode: int = 0o755) -> Path:
    path = folder / "python"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_python_of_the_wanted_version_passes() -> None:
    asyncio.run(check_interpreter(Path(sys.executable), _HERE))
    asyncio.run(check_interpreter(Path(sys.executable)))


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


class Machine:
    """A machine's Pythons: scripts that answer as a Python asked for its version does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process = {"HOME": str(root / "home"), "PATH": f"{root / 'shims'}:{root / 'bin'}"}

    def python(self, path: str, says: str = f"echo {_WANTED}", name: str = "python") -> Path:
        """Put a Python into a folder."""
        program = self.root / path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\n{says}\n")
        program.chmod(0o755)
        return program

    def pyenv(self, version: str, says: str = f"echo {_WANTED}") -> Path:
        """Let pyenv have installed one."""
        return self.python(f"home/.pyenv/versions/{version}/bin", says)

    def uv(self, version: str, says: str = f"echo {_WANTED}") -> Path:
        """Let uv have installed one."""
        folder = f"cpython-{version}-linux-x86_64-gnu"
        return self.python(f"home/.local/share/uv/python/{folder}/bin", says)

    def found(self) -> Path:
        """Return which one is taken."""
        return asyncio.run(find_interpreter(_WANTED, self.process))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_our_own_python_is_taken_where_it_is_of_the_version() -> None:
    assert asyncio.run(find_interpreter(_HERE, {})) == Path(sys.executable)


def test_the_python_chosen_on_path_comes_before_those_that_are_only_installed(
    machine: Machine,
) -> None:
    machine.pyenv("3.97.9")
    machine.python("shims", "echo not selected >&2; exit 127", f"python{_WANTED}")
    machine.python("bin", "echo 3.96", "python3")
    chosen = machine.python("bin", name=f"python{_WANTED}")

    assert machine.found() == chosen


@pytest.mark.parametrize("manager", ["pyenv", "uv"])
def test_what_a_version_manager_installed_need_not_be_selected(
    machine: Machine, manager: str
) -> None:
    machine.python("shims", "echo not selected >&2; exit 127", f"python{_WANTED}")
    install = machine.pyenv if manager == "pyenv" else machine.uv
    for version in ("3.97.2", "3.97.9", "3.98.1", "3.9.7"):
        install(version, f"echo {version.rpartition('.')[0]}")
    newest = install("3.97.10")

    assert machine.found() == newest


def test_the_newest_patch_of_all_version_managers_is_taken(machine: Machine) -> None:
    machine.pyenv("3.97.3")
    newest = machine.uv("3.97.4")
    machine.uv("3.97.2")

    assert machine.found() == newest


def test_one_that_does_not_start_is_passed_over(machine: Machine) -> None:
    machine.pyenv("3.97.4", "exit 1")
    machine.uv("3.97.3", "echo 3.96")
    works = machine.pyenv("3.97.2")

    assert machine.found() == works


def test_variants_that_are_no_plain_cpython_are_left_alone(machine: Machine) -> None:
    machine.pyenv("3.97.4t")
    machine.pyenv("pypy3.97-7.3")
    machine.uv("3.97.4+freethreaded")

    with pytest.raises(InterpreterError):
        machine.found()


def test_a_prerelease_is_taken_only_where_there_is_no_release(machine: Machine) -> None:
    machine.pyenv("3.97.0b4", f"echo {_WANTED} beta")
    machine.pyenv("3.97.0rc9", f"echo {_WANTED} candidate")
    last = machine.pyenv("3.97.0rc10", f"echo {_WANTED} candidate")
    assert machine.found() == last

    on_path = machine.python("bin", f"echo {_WANTED} candidate", "python3")
    assert machine.found() == on_path

    release = machine.uv("3.97.0")
    assert machine.found() == release


def test_the_folders_are_those_that_the_environment_names(machine: Machine) -> None:
    machine.pyenv("3.97.1")
    data = machine.python("data/uv/python/cpython-3.97.2-linux-x86_64-gnu/bin")
    machine.process["XDG_DATA_HOME"] = str(machine.root / "data")
    assert machine.found() == data

    named = machine.python("pythons/cpython-3.97.3-macos-aarch64-none/bin")
    machine.process["UV_PYTHON_INSTALL_DIR"] = str(machine.root / "pythons")
    assert machine.found() == named

    own = machine.python("own/versions/3.97.4/bin")
    machine.process["PYENV_ROOT"] = str(machine.root / "own")
    assert machine.found() == own


def test_where_it_was_looked_for_is_told(machine: Machine) -> None:
    machine.process["PYENV_ROOT"] = "/opt/pyenv"

    with pytest.raises(InterpreterError) as fault:
        machine.found()

    assert fault.value.message == (
        "Python 3.97 is not found: looked on PATH, in /opt/pyenv/versions (pyenv)"
        f" and in {machine.root}/home/.local/share/uv/python (uv)"
    )
    assert "uv python install 3.97" in str(fault.value.hint)
