from __future__ import annotations

import pytest

from funcyard.preflight.packages.pip_install import Installed, installed_by


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("pip install requests 'yaml[c] >= 6'", Installed({"requests", "yaml"})),
        ("pip3.11 install -q -U pip", Installed({"pip"})),
        ("pip install requests==$VERSION", Installed({"requests"})),
        (
            "pip install -r /a/b.txt -rc.txt --requirement=d.txt",
            Installed(files=["/a/b.txt", "c.txt", "d.txt"]),
        ),
        (
            "pip install -c limits.txt --target /a/b -t/c --index-url https://x/y z",
            Installed({"z"}),
        ),
        ("uv pip install --system ./libs/x", Installed(folders=["./libs/x"])),
        (
            "pip install -e . -e./a --editable=../b libs/c[all]",
            Installed(folders=[".", "./a", "../b", "libs/c"]),
        ),
        ("pip install /wheels/acme_tools-1.2-py3-none-any.whl", Installed({"acme-tools"})),
        ("pip install 'git+https://git.example/a.git#egg=a'", Installed({"a"})),
        ("pip install x > /dev/null 2>&1", Installed({"x"})),
        ("(pip install x)", Installed({"x"})),
        ("pip install 'x; python_version < \"3.12\"'", Installed({"x"})),
        ("echo nothing", Installed()),
    ],
)
def test_what_is_named_is_told_by_what_it_is(command: str, found: Installed) -> None:
    assert installed_by(f"FROM x\nRUN {command}\n") == found


@pytest.mark.parametrize(
    "word",
    ["$PACKAGES", "git+https://git.example/a.git", "/wheels/*.whl", "${A}/b", "a-1.0.tar.gz"],
)
def test_what_may_be_anything_is_known_to_be_there(word: str) -> None:
    found = installed_by(f"FROM x\nRUN pip install {word} requests\n")

    assert found == Installed({"requests"}, is_whole=False)


def test_continued_lines_are_one_command_and_comments_are_none() -> None:
    text = (
        "FROM x\n# pip install ./not\nRUN pip install \\\n  # why\n  a \\\n  ./b && pip install c\n"
    )

    assert installed_by(text) == Installed({"a", "c"}, folders=["./b"])
