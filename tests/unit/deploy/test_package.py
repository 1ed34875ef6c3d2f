"""What is deployed to an app: its files and nothing else, the same for the same files."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from funcyard.deploy.package import Package, PackageError, package_of


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    for path in ("host.json", "function_app.py", "requirements.txt", "shop/orders.py"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"# {path}\n")
    return folder


def test_equal_files_make_one_package_whenever_and_however_they_were_written(app: Path) -> None:
    first = package_of(app)
    for path in app.rglob("*"):
        os.utime(path, (1, 1))
    (app / "host.json").chmod(0o600)
    second = package_of(app)

    assert (first.digest, first.zipped()) == (second.digest, second.zipped())
    (app / "shop" / "orders.py").write_text("# changed\n")
    assert package_of(app).digest != first.digest


def test_names_and_contents_do_not_run_into_each_other() -> None:
    assert Package({"a": b"bc"}).digest != Package({"ab": b"c"}).digest


def test_the_zip_holds_what_the_folder_does(app: Path, tmp_path: Path) -> None:
    package = package_of(app)

    with zipfile.ZipFile(io.BytesIO(package.zipped())) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == package.files
    package.write(tmp_path / "out")
    assert (tmp_path / "out" / "shop" / "orders.py").read_text() == "# shop/orders.py\n"


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.local",
        "shop/.env.production",
        "local.settings.json",
        ".venv/bin/python",
        "shop/__pycache__/orders.cpython-311.pyc",
        "shop/orders.pyc",
        ".git/config",
    ],
)
def test_secrets_environments_and_caches_stay_here(app: Path, path: str) -> None:
    (app / path).parent.mkdir(parents=True, exist_ok=True)
    (app / path).write_text("SECRET=1\n")

    assert package_of(app).files.keys() == {
        "host.json",
        "function_app.py",
        "requirements.txt",
        "shop/orders.py",
    }


def test_what_is_ignored_is_left_out_and_what_is_given_is_put_in(app: Path) -> None:
    package = package_of(
        app,
        requirements="azure-functions==1.26.0\n",
        more={"utils/__init__.py": b""},
        is_ignored=lambda path: path.startswith("shop/"),
    )

    assert package.files == {
        "host.json": b"# host.json\n",
        "function_app.py": b"# function_app.py\n",
        "requirements.txt": b"azure-functions==1.26.0\n",
        "utils/__init__.py": b"",
    }


@pytest.mark.parametrize("name", ["host.json", "function_app.py", "requirements.txt"])
def test_a_file_that_azure_needs_must_be_there(app: Path, name: str) -> None:
    (app / name).unlink()

    with pytest.raises(PackageError, match=f"lack {name}"):
        package_of(app)


def test_links_are_refused_wherever_they_lead(app: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    (app / "shop" / "link.py").symlink_to(tmp_path / "secret")

    with pytest.raises(PackageError, match=r"link\.py is a link"):
        package_of(app)


def test_a_folder_that_is_a_link_is_refused(app: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (app / "elsewhere").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(PackageError, match="elsewhere is a link"):
        package_of(app)


def test_what_is_no_file_is_refused(app: Path) -> None:
    os.mkfifo(app / "pipe")

    with pytest.raises(PackageError, match="pipe is no file"):
        package_of(app)


@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"a\nb.txt"])
def test_a_name_that_is_no_text_is_refused(app: Path, name: bytes) -> None:
    (app / os.fsdecode(name)).touch()

    with pytest.raises(PackageError, match="no text"):
        package_of(app)


def test_a_file_that_hides_one_of_a_package_of_ours_is_refused(app: Path) -> None:
    with pytest.raises(PackageError, match=r"orders\.py hides"):
        package_of(app, more={"shop/orders.py": b""})


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="cannot be read"):
        package_of(tmp_path / "absent")
