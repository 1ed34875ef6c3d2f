"""Run benchmarks: all but the long ones, or those named. Each prints numbers; none asserts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_HELPERS = {
    *("run", "machinery", "platform_parts"),
    *("queue_app", "sync_worker", "webhook_peer", "zip_worker"),
    *("twin_killed", "twin_machinery", "orch_peer"),
}
_LONG = {"soak", "twin_faults", "twin_kills"}


def main() -> int:
    """Run each chosen benchmark in a process of its own; return 1 when one of them broke."""
    known = [path.stem for path in sorted(_HERE.glob("*.py")) if path.stem not in _HELPERS]
    known += [path.parent.name for path in sorted(_HERE.glob("*/__main__.py"))]
    chosen = sys.argv[1:] or [name for name in known if name not in _LONG]
    if unknown := [name for name in chosen if name not in known]:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    broken = [
        name
        for name in chosen
        if subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode
    ]
    if broken:
        print(f"broken: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
