"""Drawings show every resource, what it waits for, and when it was worked on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.unit.deploy import virtual_time
from tests.unit.deploy.boxes import BoxCloud, box
from tests.unit.deploy.stacks import Stack

from funcyard.deploy.apply import Report, plan
from funcyard.deploy.drawing import graph_svg, timeline_svg
from funcyard.deploy.graph import Graph

_SVG = "{http://www.w3.org/2000/svg}"

pytestmark = pytest.mark.usefixtures("unsynced")


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack(tmp_path / "state", BoxCloud(latency=1.0, making={"/boxes/b": 30.0}))


def _read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  our own


def _words(svg: str) -> list[str]:
    return [element.text or "" for element in _read(svg).iter(f"{_SVG}text")]


def test_a_graph_shows_resources_right_of_what_they_wait_for(stack: Stack) -> None:
    graph = Graph([box("c", "a", "b"), box("b", "a"), box("a")])

    svg = graph_svg(virtual_time.run(plan(stack.engine(), graph)))

    assert _words(svg) == ["a", "box · create", "b", "box · create", "c", "box · create"]
    assert len(list(_read(svg).iter(f"{_SVG}path"))) == 3
    columns = [int(element.attrib["x"]) for element in _read(svg).iter(f"{_SVG}rect")]
    assert columns == sorted(set(columns))


def test_a_timeline_shows_when_each_was_worked_on(stack: Stack) -> None:
    report = stack.deploy([box("a"), box("b", "a"), box("c", "b")])

    bars = {
        element.attrib["aria-label"]: element
        for element in _read(timeline_svg(report)).iter(f"{_SVG}rect")
    }
    ends = {
        name: (float(bar.attrib["x"]), float(bar.attrib["x"]) + float(bar.attrib["width"]))
        for name, bar in bars.items()
    }
    assert list(ends) == ["a", "b", "c"]
    assert ends["a"][1] == pytest.approx(ends["b"][0], abs=0.2)
    assert ends["b"][1] - ends["b"][0] > 10 * (ends["a"][1] - ends["a"][0])
    assert ends["c"][1] == pytest.approx(220 + 700, abs=0.2)


def test_names_cannot_break_out_of_a_drawing(stack: Stack) -> None:
    hostile = dataclasses.replace(box("a"), address='<script>"&', identity="</title><script>")
    graph = Graph([hostile])

    planned = graph_svg(virtual_time.run(plan(stack.engine(), graph)))
    done = timeline_svg(stack.deploy([hostile]))

    assert '<script>"&' in _words(planned)
    assert '<script>"&' in _words(done)
    assert "<script>" not in planned + done


def test_nothing_to_show_is_an_empty_drawing() -> None:
    assert _words(timeline_svg(Report({}, {}, {})))[0] == "0.0 s"
