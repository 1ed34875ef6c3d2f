from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.project.memory.document import Document, Region
from funcyard.project.memory.markdown import MalformedError, parse, render, text_lines
from funcyard.project.memory.weave import digests

_text = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=20).filter(
    lambda line: not line.startswith(("<!-- ", "<<<<<<<", ">>>>>>>", "-->"))
)
_lines = st.lists(_text, max_size=4)


@st.composite
def _documents(draw: st.DrawFn) -> Document:
    document = Document(draw(st.dates()))
    for number in range(draw(st.integers(1, 4))):
        lines = draw(_lines)
        document.parts += draw(_lines)
        document.parts.append(Region(f"region-{number}", lines, digests(draw(_lines))))
    return document


@given(_documents())
def test_a_document_reads_back_as_it_was_written(document: Document) -> None:
    text = render(document)
    assert parse(text) == document
    assert render(parse(text)) == text


def test_windows_line_ends_are_no_edits() -> None:
    document = Document(date(2026, 11, 20), ["# T", Region("a", ["- b"], digests(["- b"]))])
    assert parse(render(document).replace("\n", "\r\n")) == document


_BODY = render(Document(date(2026, 11, 20), ["# T", Region("a", ["- b"], digests(["- b"]))]))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        (_BODY[: _BODY.index("<!-- funcyard:end")], "no end"),
        (_BODY[:-5], "damaged"),
        (_BODY.replace("<!-- funcyard:begin a -->\n", ""), "never began"),
        (_BODY + _BODY, "twice"),
        (_BODY + "<<<<<<< HEAD\n", "merge conflict"),
        (_BODY.replace("- b", ">>>>>>> theirs"), "merge conflict"),
        (_BODY.replace("funcyard:end a", "funcyard:end b"), "no end"),
    ],
)
def test_a_damaged_file_is_called_what_it_is(text: str, reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        parse(text)


def test_the_words_of_a_damaged_file_can_still_be_read() -> None:
    assert text_lines(_BODY[:-5]) == ["<!-- Last Updated: 2026-11-20 -->", "# T", "- b"]
