"""An app as what Azure gets: its files, its lock, and the modules of the project's own packages."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.project.deploying.projects import shop

from funcyard.deploy.package import PackageError
from funcyard.project.deploying.packaging import app_package, modules_of


def test_an_app_is_packed_with_its_lock_and_the_packages_that_it_uses(tmp_path: Path) -> None:
    root, spec = shop(tmp_path)

    package = app_package(root, spec, "api")

    assert package.files.keys() == {
        "function_app.py",
        "host.json",
        "requirements.txt",
        "shop_utils/__init__.py",
    }
    assert package.files["requirements.txt"] == b"azure-functions\n"
    (root / "shop-utils" / "src" / "shop_utils" / "__init__.py").write_text("greeting = 'hi'\n")
    assert app_package(root, spec, "api").digest != package.digest


@pytest.mark.parametrize(
    "line",
    ["-e ../../shop-utils", "./wheels/x.whl", "/opt/x", "x @ file:///opt/x", "--editable ."],
)
def test_what_lies_on_this_machine_cannot_be_depended_on(tmp_path: Path, line: str) -> None:
    root, spec = shop(tmp_path)
    (root / "functions" / "api" / "requirements.txt").write_text(f"{line}\n")

    with pytest.raises(PackageError, match="lies on this machine"):
        app_package(root, spec, "api")


def test_a_module_of_the_app_must_not_hide_one_of_a_package(tmp_path: Path) -> None:
    root, spec = shop(tmp_path)
    hiding = root / "functions" / "api" / "shop_utils"
    hiding.mkdir()
    (hiding / "__init__.py").touch()

    with pytest.raises(PackageError, match="hides a file of a package"):
        app_package(root, spec, "api")


def test_packages_without_a_src_folder_give_what_can_be_imported(tmp_path: Path) -> None:
    for path in ("utils/__init__.py", "utils/more/text.py", "tests/__init__.py", "docs/a.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()

    assert modules_of(tmp_path).keys() == {"utils/__init__.py", "utils/more/text.py"}


def test_a_package_without_modules_is_refused(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()

    with pytest.raises(PackageError, match="no module"):
        modules_of(tmp_path)
