"""Compiled templates are used again, never stale, and no fault where they cannot be kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from funcyard.project.compiled import CompiledTemplates


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


def rendered(folder: Path, *, trim: bool = False) -> str:
    """Return what a new process would make of the template in a folder."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=False,  # noqa: S701 - no HTML
        trim_blocks=trim,
    )
    environment.bytecode_cache = CompiledTemplates(folder, environment)
    return environment.get_template("a.j2").render(name="Ada")


def compiled(folder: Path) -> list[Path]:
    """Return the compiled templates of a folder."""
    return sorted(folder.glob("__pycache__/*"))


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second process compiles nothing."""
    (tmp_path / "a.j2").write_text("Hello {{ name }}")
    assert rendered(tmp_path) == "Hello Ada"
    assert len(compiled(tmp_path)) == 1
    monkeypatch.setattr(Environment, "compile", lambda *_: pytest.fail("compiled again"))
    assert rendered(tmp_path) == "Hello Ada"


def test_a_changed_template_is_compiled_anew(tmp_path: Path) -> None:
    """What was compiled of another source is passed over."""
    (tmp_path / "a.j2").write_text("Hello {{ name }}")
    rendered(tmp_path)
    (tmp_path / "a.j2").write_text("Goodbye {{ name }}")
    assert rendered(tmp_path) == "Goodbye Ada"


def test_other_settings_are_another_template(tmp_path: Path) -> None:
    """What was compiled with other settings is passed over."""
    (tmp_path / "a.j2").write_text("{% if name %}\n{{ name }}{% endif %}")
    assert rendered(tmp_path, trim=False) == "\nAda"
    assert rendered(tmp_path, trim=True) == "Ada"


@pytest.mark.parametrize("kept", [0, 2, 20, 40, 100, -1])
@pytest.mark.parametrize("rest", [b"", b"\0" * 64])
def test_a_torn_one_is_made_again(tmp_path: Path, kept: int, rest: bytes) -> None:
    """What a power cut left is no fault."""
    (tmp_path / "a.j2").write_text("Hello {{ name }}")
    rendered(tmp_path)
    (file,) = compiled(tmp_path)
    file.write_bytes(file.read_bytes()[:kept] + rest)
    assert rendered(tmp_path) == "Hello Ada"


def test_it_need_not_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bytecode is not written, or cannot be, templates still render."""
    (tmp_path / "a.j2").write_text("Hello {{ name }}")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        assert rendered(tmp_path) == "Hello Ada"
    assert compiled(tmp_path) == []
    (tmp_path / "__pycache__").write_text("a file where the folder belongs")
    assert rendered(tmp_path) == "Hello Ada"
