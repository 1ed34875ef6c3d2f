from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.image.archives import ROOT, docker

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rules.image_content_differs import RULE

SOURCES = {
    "functions/api/host.json": "{}",
    "functions/api/function_app.py": "app = 1\n",
    "functions/api/lib/names.py": "names = []\n",
    "functions/api/data/names.csv": "a,b\n",
    "functions/api/notes.md": "notes\n",
    ".dockerignore": "**/*.md\n",
    ".docker/api/Dockerfile": f"FROM base AS a\nFROM a\nCOPY functions/api/ /{ROOT}/\n",
}
IMAGE = {
    name.replace("functions/api/", f"{ROOT}/"): text.encode()
    for name, text in SOURCES.items()
    if name.startswith("functions/api/") and not name.endswith(".md")
}


def _found(
    tmp_path: Path,
    image: dict[str, bytes],
    sources: dict[str, str] = SOURCES,
    dockerfile: str = ".docker/api/Dockerfile",
) -> list[Finding]:
    archive = docker(tmp_path / "image.tar", [image])
    root = tmp_path / "project"
    given = facts(
        root,
        sources,
        app="functions/api" if "functions/api/host.json" in sources else "",
        target={"dockerfile": root / dockerfile},
        request={"images": {"api": archive}},
    )
    return found(RULE, given)


def test_an_image_of_these_sources_has_no_fault(tmp_path: Path) -> None:
    assert _found(tmp_path, IMAGE) == []


def test_without_an_archive_nothing_is_compared(tmp_path: Path) -> None:
    assert found(RULE, facts(tmp_path, {"host.json": "{}"})) == []


def test_code_that_differs_is_named(tmp_path: Path) -> None:
    (finding,) = _found(tmp_path, {**IMAGE, f"{ROOT}/lib/names.py": b"names = [1]\n"})
    assert finding.severity is Severity.ERROR
    assert (finding.file, finding.line) == ("functions/api/lib/names.py", 1)
    assert finding.message == "api: the image holds another lib/names.py of the sources"
    assert finding.evidence == "/home/site/wwwroot/lib/names.py in image.tar"


def test_code_that_is_missing_is_named_and_counted(tmp_path: Path) -> None:
    more = {f"functions/api/m{n}.py": "x = 1\n" for n in range(4)}
    (finding,) = _found(tmp_path, IMAGE, {**SOURCES, **more})
    assert finding.message == "api: the image lacks m0.py, m1.py, m2.py and 1 more of the sources"
    assert finding.severity is Severity.ERROR


def test_other_files_that_differ_are_a_warning(tmp_path: Path) -> None:
    (finding,) = _found(tmp_path, {**IMAGE, f"{ROOT}/data/names.csv": b"old"})
    assert finding.severity is Severity.WARNING


def test_code_that_only_the_image_has_is_a_warning_unless_it_is_installed(tmp_path: Path) -> None:
    extra = {
        f"{ROOT}/old.py": b"",
        f"{ROOT}/.python_packages/lib/site-packages/x.py": b"",
        f"{ROOT}/__pycache__/y.py": b"",
        f"{ROOT}/notes.txt": b"",
    }
    (finding,) = _found(tmp_path, {**IMAGE, **extra})
    assert finding.severity is Severity.WARNING
    assert finding.message == "api: the image holds old.py, which the sources have not"


@pytest.mark.parametrize(
    ("copies", "image"),
    [
        ("COPY . /home/site/wwwroot", {"host.json", "lib/a.py", "b.py"}),
        ("WORKDIR /home/site/wwwroot\nCOPY host.json *.py ./", {"host.json", "b.py"}),
        ("WORKDIR /home/site/wwwroot\nCOPY lib .\nCOPY lib lib", {"a.py", "lib/a.py"}),
        ("COPY lib/a.py /home/site/wwwroot/c.py", {"c.py"}),
        ("COPY lib/a.py /home/site/wwwroot", {"a.py"}),
        ('COPY ["lib/", "/home/site/wwwroot/x/"]', {"x/a.py"}),
        ("COPY --from=build /app /home/site/wwwroot", {"host.json", "lib/a.py", "b.py"}),
    ],
)
def test_files_are_expected_where_the_dockerfile_copies_them(
    tmp_path: Path, copies: str, image: set[str]
) -> None:
    sources = {
        "host.json": "{}",
        "lib/a.py": "{}",
        "b.py": "{}",
        ".dockerignore": "Dockerfile\n.dockerignore\n",
        "Dockerfile": f"FROM base\n{copies}\n",
    }
    same = {f"{ROOT}/{name}": b"{}" for name in image}
    assert _found(tmp_path, same, sources, "Dockerfile") == []
    for name in image:
        less = {path: text for path, text in same.items() if path != f"{ROOT}/{name}"}
        (finding,) = _found(tmp_path, less, sources, "Dockerfile")
        assert f"lacks {name} " in finding.message


def test_a_dockerignore_beside_the_dockerfile_wins(tmp_path: Path) -> None:
    sources = {**SOURCES, ".docker/api/Dockerfile.dockerignore": "**/*.csv\n**/*.md\n"}
    image = {name: text for name, text in IMAGE.items() if not name.endswith(".csv")}
    assert _found(tmp_path, image, sources) == []


def test_what_git_ignores_is_not_expected(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    subprocess.run(["git", "init", "--quiet", root], check=True)
    sources = {**SOURCES, ".gitignore": "made.py\n", "functions/api/made.py": "x = 1\n"}
    assert _found(tmp_path, IMAGE, sources) == []
