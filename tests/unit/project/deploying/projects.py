"""A small project on the disk: one app, a package that it uses, a lock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from funcyard.project.opening import open_project
from funcyard.project.spec import Spec

SPEC = """project_name: shop
function_apps: [api, jobs]
local_packages:
  - {name: shop-utils, path: ./shop-utils}
storage:
  queues: [orders]
  blob_containers: [pictures]
  tables: [Stock]
environment:
  - {name: SHOP_LEVEL, default: "3"}
"""
APP = """import azure.functions as func
from shop_utils import greeting

app = func.FunctionApp()


@app.route("hello")
def hello(req: func.HttpRequest) -> str:
    return greeting
"""


def shop(folder: Path) -> tuple[Path, Spec]:
    """Make the project in a folder; return its root and its spec."""
    root = folder / "shop"
    files = {
        "funcyard.yaml": SPEC,
        "shop-utils/pyproject.toml": '[project]\nname = "shop-utils"\nversion = "0"\n',
        "shop-utils/src/shop_utils/__init__.py": "greeting = 'hello'\n",
        "shop-utils/src/shop_utils.egg-info/PKG-INFO": "",
        "shop-utils/tests/test_it.py": "",
    }
    for app in ("api", "jobs"):
        files |= {
            f"functions/{app}/function_app.py": APP,
            f"functions/{app}/host.json": '{"version": "2.0"}',
            f"functions/{app}/requirements.txt": "azure-functions  # the library\n",
            f"functions/{app}/.funcignore": "tests/\n",
            f"functions/{app}/tests/test_api.py": "",
            f"functions/{app}/local.settings.json": '{"Values": {"TOKEN": "hunter2"}}',
        }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root, open_project(root, today=date(2026, 1, 1)).spec
