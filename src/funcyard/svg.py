"""Pictures as SVG, to be looked at in a browser: words, and the document around all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Return words at a place.

    Args:
        x: Where they are anchored, in pixels from the left.
        y: Their base line, in pixels from the top.
        words: As people read them.
        kind: A class of the document's style.
        anchor: ``start``, ``middle`` or ``end``.
    """
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{style}>{escape(words)}</text>'


def document(width: float, height: float, style: str, parts: Iterable[str]) -> str:
    """Return a picture of its parts, in their order.

    Args:
        width: In pixels.
        height: In pixels.
        style: In CSS.
        parts: Elements of SVG.
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' width="{width:g}" height="{height:g}">'
    )
    return "\n".join([head, f"<style>{style}</style>", *parts, "</svg>\n"])
