"""Every command, option and setting is documented; every link in the docs leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from funcyard.cli.main import root

ROOT = Path(__file__).parents[3]
_DOCS = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
_EXPLAIN = [page for page in _DOCS if page.name != "requirements.md"]
"""The requirements page names commands to show that they are there; it explains none."""
_COMMON = {"--help", "--json", "--version"}
_SETTING = re.compile(r'"(FUNCYARD_[A-Z_]+|ENABLE_DEBUGGING|DEBUG_WAIT)"')
_INTERNAL = {
    "FUNCYARD_DEBUG_PORT",
    "FUNCYARD_DEBUG_ADDRESS",
    "FUNCYARD_HOST",
    "FUNCYARD_LOG_LEVEL",
    "FUNCYARD_WORKER",
}


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")


_ALL = dict(_commands(root, "funcyard"))


def _prose(about: str = "") -> str:
    """Return the pages that explain, or those of them that name a command; lines are joined."""
    texts = (" ".join(path.read_text(encoding="utf-8").split()) for path in _EXPLAIN)
    return "\n".join(text for text in texts if about in text)


@pytest.mark.parametrize("name", _ALL)
def test_every_command_is_documented(name: str) -> None:
    assert name in _prose()


@pytest.mark.parametrize("name", _ALL)
def test_every_option_of_a_command_is_documented_where_the_command_is(name: str) -> None:
    prose = _prose(name)
    options = {
        max(parameter.opts, key=len)
        for parameter in _ALL[name].params
        if isinstance(parameter, click.Option)
    }

    missing = {one for one in options - _COMMON if not re.search(rf"(?<![\w-]){one}\b", prose)}
    assert missing == set()


def test_every_setting_of_funcyard_s_own_is_documented() -> None:
    sources = (ROOT / "src").rglob("*.py")
    named = {name for path in sources for name in _SETTING.findall(path.read_text("utf-8"))}

    assert {name for name in named - _INTERNAL if name not in _prose()} == set()


@pytest.mark.parametrize("page", _DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))

    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []
