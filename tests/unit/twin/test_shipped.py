"""Functions are shipped with contract and rules, where nothing of Funcyard's is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from funcyard.twin import contract, rules


@pytest.mark.parametrize("package", [contract, rules], ids=["contract", "rules"])
def test_what_is_shipped_needs_the_standard_library_only(tmp_path: Path, package: object) -> None:
    source = Path(str(getattr(package, "__file__", ""))).parent
    shutil.copytree(source, tmp_path / "shipped")
    modules = [path.stem for path in sorted(source.glob("*.py")) if path.stem != "__init__"]
    imports = "\n".join(f"import shipped.{name}" for name in modules)

    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{imports}\nprint('imported')"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )

    assert modules
    assert done.stdout == "imported\n"
