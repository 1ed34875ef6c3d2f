"""Draw README's picture from a real run: generate the data pipeline, run its demo, render both.

Usage: ``.venv/bin/python scripts/picture.py``; writes docs/images/run.svg.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
_WIDTH = 100
_SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}"
 xmlns="http://www.w3.org/2000/svg" xml:space="preserve"><style>
.{unique_id}-matrix {{ font-family: "Fira Code", "DejaVu Sans Mono", Menlo, monospace;
 font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: arial, sans-serif }}
{styles}
</style><defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>{chrome}<g transform="translate({terminal_x}, {terminal_y})"
 clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


def main() -> None:
    """Run the two commands and write the picture."""
    console = Console(record=True, width=_WIDTH, file=Path("/dev/null").open("w"))  # noqa: SIM115 - ends with the process
    funcyard = Path(sys.executable).with_name("funcyard")
    with tempfile.TemporaryDirectory() as folder:
        new = "new my-data-pipeline --blueprint data-pipeline --yes"
        for words in (new, "up my-data-pipeline --demo"):
            console.print(Text(f"$ funcyard {words}", style="bold green"))
            done = subprocess.run(  # noqa: S603 - our own command
                [funcyard, *words.split()],
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=True,
            )
            for line in done.stdout.splitlines():
                shown = re.sub(r"\x1b\[[0-9;]*m", "", line).replace(" ", "\N{NO-BREAK SPACE}")
                console.print(Text(shown), no_wrap=True, overflow="crop")
            console.print()
    target = ROOT / "docs" / "images" / "run.svg"
    target.parent.mkdir(parents=True, exist_ok=True)
    console.save_svg(
        str(target), title="funcyard", theme=MONOKAI, code_format=_SVG, unique_id="funcyard"
    )


if __name__ == "__main__":
    main()
