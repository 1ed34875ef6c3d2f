from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from tests.unit.preflight.given import write

from funcyard.preflight.shipping.opened import opened_by
from funcyard.preflight.sources import Source


def found(root: Path, text: str) -> list[tuple[str, int, bool]]:
    """What a source in a folder ``inner`` of the app opens, relative to the app."""
    write(root, {"inner/code.py": dedent(text), "package/__init__.py": ""})
    source = Source(root / "inner" / "code.py", "inner/code.py")
    return [
        (one.path.relative_to(root).as_posix(), one.line, one.at_load)
        for one in opened_by(source, root)
    ]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("open('data/x.json')", "data/x.json"),
        ("open('x', mode='rb')", "x"),
        ("open(Path('a') / 'b')", "a/b"),
        ("json.load(open('x'))", "x"),
        ("Path('a/b').read_text()", "a/b"),
        ("pathlib.Path('a', 'b').open()", "a/b"),
        ("Path(__file__).parent.joinpath('x').read_bytes()", "inner/x"),
        ("(Path(__file__).resolve().parent / 'x').read_text(encoding='utf-8')", "inner/x"),
        ("(Path(__file__).parents[1] / 'x').open('r')", "x"),
        ("Path(__file__).with_name('x').read_text()", "inner/x"),
        ("open(os.path.join(os.path.dirname(__file__), 'x'))", "inner/x"),
        ("open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'a', 'x'))", "inner/a/x"),
        ("pkgutil.get_data('package', 'x.txt')", "package/x.txt"),
        ("pkgutil.get_data(__name__, 'x.txt')", "inner/x.txt"),
        ("resources.files('package').joinpath('x').read_text()", "package/x"),
        ("(importlib.resources.files(__package__) / 'x').read_text()", "inner/x"),
    ],
)
def test_each_way_of_writing_a_path_is_known(tmp_path: Path, text: str, path: str) -> None:
    assert found(tmp_path, text) == [(path, 1, True)]


@pytest.mark.parametrize(
    ("text", "path", "pattern"),
    [
        ("Path('prompts').glob('*.txt')", "prompts", "*.txt"),
        ("sorted(Path('prompts').rglob('*.txt'))", "prompts", "**/*.txt"),
        ("list((Path(__file__).parent / 'prompts').iterdir())", "inner/prompts", "**/*"),
        ("os.listdir('prompts')", "prompts", "**/*"),
        ("for entry in os.scandir('a/b'): pass", "a/b", "**/*"),
        ("for top, _, names in os.walk(os.path.join('a', 'b')): pass", "a/b", "**/*"),
        ("glob.glob('prompts/*.txt')", "prompts", "*.txt"),
        ("glob.iglob(str(Path(__file__).parent / 'a' / '*' / 'b.md'))", "inner/a", "*/b.md"),
    ],
)
def test_folders_that_are_listed_are_told_with_what_is_looked_for(
    tmp_path: Path, text: str, path: str, pattern: str
) -> None:
    write(tmp_path, {"inner/code.py": text})

    (one,) = opened_by(Source(tmp_path / "inner" / "code.py", "inner/code.py"), tmp_path)

    assert (one.path.relative_to(tmp_path).as_posix(), one.lists) == (path, pattern)


@pytest.mark.parametrize(
    "text",
    [
        "os.listdir()",
        "os.listdir(folder)",
        "Path('made').mkdir()\nlist(Path('made').iterdir())",
        "os.makedirs('made', exist_ok=True)\nos.listdir('made')",
        "if os.path.isdir('prompts'):\n    os.listdir('prompts')",
        "glob.glob('*.txt')",
        "glob.glob('/etc/*.conf')",
        "client.walk('prompts')",
        "Path('prompts').glob(pattern)",
        "try:\n    os.listdir('prompts')\nexcept OSError:\n    pass",
    ],
)
def test_folders_that_may_be_anything_are_left_out(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []


def test_names_that_are_set_once_are_followed(tmp_path: Path) -> None:
    assert found(
        tmp_path,
        """
        HERE = Path(__file__).parent
        DATA: Path = HERE / "data"

        def load():
            return (DATA / "x.json").read_text()
        """,
    ) == [("inner/data/x.json", 6, False)]


def test_what_a_function_opens_is_opened_later(tmp_path: Path) -> None:
    assert found(
        tmp_path,
        """
        class A:
            text = open("at_load").read()

            def method(self):
                with open("later") as file:
                    return file.read()

        def hello(text=open("default").read()):
            if text:
                return open("later2").read()
        """,
    ) == [
        ("at_load", 3, True),
        ("later", 6, False),
        ("default", 9, True),
        ("later2", 11, False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "open('x', 'w')",
        "open('x', mode)",
        "open('/etc/hosts')",
        "open('~/x')",
        "open(name)",
        "open(f'{name}.json')",
        "open(Path(folder) / 'x')",
        "PATH = 'a'\nPATH = 'b'\nopen(PATH)",
        "def f(path='x'):\n    return open(path)",
        "try:\n    text = open('x').read()\nexcept OSError:\n    text = ''",
        "if Path('x').exists():\n    Path('x').read_text()",
        "if os.path.isfile('x'):\n    open('x')",
        "Path('x').write_text('')\nPath('x').read_text()",
        "with open('x', 'w') as out: ...\nopen('x')",
        "requests.get('x').open()",
        "Image.open('x')",
        "A = B\nB = A\nopen(A)",
    ],
)
def test_what_is_written_asked_for_or_not_known_is_left_out(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == []
