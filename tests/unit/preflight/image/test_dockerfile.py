from __future__ import annotations

import pytest

from funcyard.preflight.image.dockerfile import Copy, Setting, Stage, read_dockerfile

STAGES = """\
# syntax=docker/dockerfile:1
ARG BASE=mcr.microsoft.com/azure-functions/python:4-python3.11
ARG DEBUG=false
from ${BASE} AS runtime
ENV FIRST=1 \\
    # a comment between
    SECOND="two words" \\

    PORT=$FIRST
ENV OLD an old form
WORKDIR /home/site
WORKDIR wwwroot
RUN cat <<EOF
FROM nothing
EOF

FROM runtime AS debug-false
CMD ["python", "-m", "x"]

FROM debug-${DEBUG}
COPY --chown=1:1 a b .
COPY --from=runtime ["with space", "/x/"]
EXPOSE 80 8080/tcp
"""


def _final(text: str, **arguments: str) -> Stage:
    final = read_dockerfile(text, arguments).final
    assert final is not None
    return final


def test_stages_are_built_on_each_other() -> None:
    final = _final(STAGES)
    assert [stage.name for stage in final.chain] == ["2", "debug-false", "runtime"]
    assert final.image == Setting("mcr.microsoft.com/azure-functions/python:4-python3.11", 2)
    assert final.workdir == "/home/site/wwwroot"
    assert [port.value for port in final.ports] == ["80", "8080/tcp"]
    start = final.start("CMD")
    assert start is not None
    assert start.is_json
    assert start.text == "python -m x"


def test_settings_come_with_their_lines() -> None:
    final = _final(STAGES)
    assert final.setting("SECOND") == Setting("two words", 7)
    assert final.setting("OLD") == Setting("an old form", 10)
    assert final.setting("NONE") is None


def test_a_setting_made_of_one_of_the_image_is_unknown() -> None:
    assert _final("FROM a\nENV P=$PATH:/x\n").setting("P") == Setting(None, 2)
    assert _final("FROM a\nENV A=1\nENV P=$A:/x\n").setting("P") == Setting("1:/x", 3)


def test_copies_tell_where_from_and_where_to() -> None:
    assert _final(STAGES).copies == [
        Copy(("a", "b"), "/home/site/wwwroot/.", "", 21),
        Copy(("with space",), "/x/", "runtime", 22),
    ]


@pytest.mark.parametrize(
    ("line", "image"),
    [
        ("ARG V=1\nFROM img:$V", "img:1"),
        ("ARG V\nFROM img:${V:-2}", "img:2"),
        ("ARG V\nFROM img:${V}", None),
        ("FROM --platform=linux/amd64 img", "img"),
        ("ARG GIVEN=1\nFROM img:$GIVEN", "img:9"),
        ("# escape=`\nFROM `\n  img", "img"),
        ("ARG V='1 2'\nFROM img:${V:+3}", "img:3"),
    ],
)
def test_the_image_is_known_where_its_arguments_are(line: str, image: str | None) -> None:
    assert _final(line, GIVEN="9").image.value == image


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "RUN x\n", "FROM\n", "\\\n", "[1]\n"])
def test_what_is_no_dockerfile_has_no_stage(text: str) -> None:
    assert read_dockerfile(text).final is None
