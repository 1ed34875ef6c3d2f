from __future__ import annotations

from xml.etree import ElementTree as ET

from funcyard.svg import document, text


def test_words_that_mean_something_in_xml_are_shown_as_they_are() -> None:
    picture = document(40, 20, "text{fill:#222}", [text(1, 2.5, "a < b & c", "small", "middle")])

    root = ET.fromstring(picture)  # noqa: S314 - made here
    (words,) = root.findall("{http://www.w3.org/2000/svg}text")
    assert words.text == "a < b & c"
    assert words.attrib == {"x": "1", "y": "2.5", "text-anchor": "middle", "class": "small"}
