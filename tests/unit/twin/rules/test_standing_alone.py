"""Functions are shipped with the rules: they work where nothing of Funcyard's is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from funcyard.twin import rules

_CODE = """
from shipped.parsing import parse
from shipped.evaluating import holds
from shipped.judging import judge
from shipped.writing import write
print(holds(parse("a.b > DOUBLE(1)"), lambda path: 2.5))
"""


def test_the_rules_need_the_standard_library_only(tmp_path: Path) -> None:
    shutil.copytree(Path(str(rules.__file__)).parent, tmp_path / "shipped")

    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{_CODE}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == "True\n"
