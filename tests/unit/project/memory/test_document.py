from __future__ import annotations

from funcyard.project.memory.document import Document, Section


def _section(name: str, *lines: str) -> Section:
    return Section(name, (f"## {name}", *lines))


def _document() -> Document:
    document = Document(None, ["# Title"])
    document.keep_current([_section("one", "- a"), _section("three", "- c")])
    return document


def test_a_new_section_goes_to_its_place() -> None:
    document = _document()
    document.keep_current([_section("one", "- a"), _section("two"), _section("three", "- c")])
    assert list(document.regions) == ["one", "two", "three"]


def test_what_a_person_wrote_under_a_section_stays_under_it() -> None:
    document = _document()
    at = document.parts.index(document.regions["three"])
    document.parts[at:at] = ["my words on one", "", "```", "# a comment", "```", ""]
    document.keep_current([_section("one", "- a"), _section("two"), _section("three", "- c")])
    lines = [line for line in document.lines if line]
    assert lines.index("my words on one") < lines.index("# a comment") < lines.index("## two")


def test_a_section_that_ends_leaves_what_a_person_wrote_in_it_and_under_it() -> None:
    document = _document()
    document.regions["one"].lines.append("- mine")
    at = document.parts.index(document.regions["three"])
    document.parts.insert(at, "and this")
    document.keep_current([_section("three", "- c")], retired=["one"])
    assert [line for line in document.lines if line] == [
        "# Title", "## one", "- mine", "and this", "## three", "- c",
    ]  # fmt: skip


def test_a_section_that_ends_untouched_is_gone() -> None:
    document = _document()
    document.keep_current([_section("three", "- c")], retired=["one"])
    assert document.lines == ["# Title", "", "## three", "- c"]


def test_notes_gather_at_the_end_of_their_section() -> None:
    document = _document()
    for number in range(3):
        document.append_under("ONE", [f"- note {number}"])
    assert document.lines == [
        "# Title", "", "## one", "- a", "", "- note 0", "- note 1", "- note 2", "",
        "## three", "- c",
    ]  # fmt: skip


def test_a_section_of_a_persons_own_takes_notes_too() -> None:
    document = _document()
    document.parts += ["", "## Mine", "", "text"]
    document.append_under("Mine", ["- note"])
    document.append_under("Other", ["- note"])
    assert document.lines[-10:] == [
        "", "## Mine", "", "text", "", "- note", "", "## Other", "", "- note",
    ]  # fmt: skip


def test_a_section_that_a_person_deleted_is_written_again() -> None:
    document = _document()
    document.parts.remove(document.regions["three"])
    document.keep_current([_section("one", "- a"), _section("three", "- c")])
    assert list(document.regions) == ["one", "three"]


def test_a_section_that_ends_leaves_its_heading_to_what_stands_under_it() -> None:
    document = _document()
    document.parts.insert(document.parts.index(document.regions["three"]), "only under it")
    document.keep_current([_section("three", "- c")], retired=["one"])
    assert [line for line in document.lines if line] == [
        "# Title", "## one", "only under it", "## three", "- c",
    ]  # fmt: skip
