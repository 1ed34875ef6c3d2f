"""XML bodies: written as Azure writes them, read without entities or document types."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from funcyard.emulator.files.errors import StorageError

_HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>'
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, content: str | None = "", **attributes: str) -> str:
    """Return an element around what is XML already; nothing where the content is None."""
    if content is None:
        return ""
    given = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given} />"


def text(name: str, value: object, **attributes: str) -> str:
    """Return an element around a text; nothing where it is None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        value = "true" if value else "false"
    return element(name, escape(str(value)), **attributes)


def holds(value: str) -> bool:
    """Whether a text can stand in XML as it is."""
    return _NOT_IN_XML.search(value) is None


def document(content: str) -> bytes:
    """Return a whole document."""
    return f"{_HEAD}{content}".encode()


def parse(body: bytes) -> ET.Element:
    """Return the root of a request's body.

    Raises:
        StorageError: It is no XML, or has a document type, which nothing here needs.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body or b"\x00" in body:
        raise StorageError("InvalidXmlDocument")
    try:
        return ET.fromstring(body)  # noqa: S314 - no document type, so no entity
    except (ET.ParseError, ValueError) as fault:
        raise StorageError("InvalidXmlDocument") from fault


def child_text(parent: ET.Element, name: str) -> str | None:
    """Return the text of a child, or None where there is no such child or it is empty."""
    found = parent.find(name)
    return found.text.strip() if found is not None and found.text else None
