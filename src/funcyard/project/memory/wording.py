"""How values stand in Markdown and are read back: one line of prose, a code span, a moment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

CODE = r"(?P<{name}>(?P<{name}_ticks>`+)(?:.+?)(?<!`)(?P={name}_ticks)(?!`))"


def prose(value: str) -> str:
    """Return ``value`` on one line, unable to open an HTML comment."""
    return " ".join(value.split()).replace("<!--", "&lt;!--")


def from_prose(text: str) -> str:
    """Return the value that :func:`prose` made ``text`` of, its white space aside."""
    return text.strip().replace("&lt;!--", "<!--")


def code(value: str) -> str:
    """Return ``value`` as a code span, whatever backticks it holds (CommonMark, section 6.1)."""
    value = " ".join(value.split())
    if "`" not in value:
        return f"`{value}`"
    fence = "`" * (max(map(len, re.findall("`+", value))) + 1)
    return f"{fence} {value} {fence}"


def from_code(span: str) -> str:
    """Return the value that :func:`code` made ``span`` of."""
    inner = span.strip("`") if not span.startswith("``") else span
    if inner is not span:
        return inner
    ticks = len(span) - len(span.lstrip("`"))
    return span[ticks:-ticks].removeprefix(" ").removesuffix(" ")


def code_pattern(name: str) -> str:
    """Return a regular expression for a code span, its whole in the group ``name``."""
    return CODE.format(name=name)


def stamp(moment: datetime) -> str:
    """Return a moment to the second, local time as the clock on the wall shows it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def counted(number: int, noun: str) -> str:
    """Return ``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
