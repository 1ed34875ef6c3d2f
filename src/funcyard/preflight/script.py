"""The script of an app: the setting that names it, and where that setting is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.preflight.facts import AppFacts

SETTING = "PYTHON_SCRIPT_FILE_NAME"
DEFAULT = "function_app.py"


def script_of(app: AppFacts) -> str:
    """Return the name of the script that the worker would import."""
    return app.target.settings.get(SETTING, DEFAULT)


def place_of_setting(app: AppFacts) -> tuple[str, int, str]:
    """Return file, line and text of the setting, empty where local.settings.json has it not."""
    settings = app.local_settings
    if settings is None or settings.get("Values", SETTING) is None:
        return "", 0, ""
    line = settings.line_of("Values", SETTING)
    return settings.name, line, settings.text.splitlines()[line - 1].strip()
