"""``logging.logLevel`` of host.json: which log records are shown.

A category is matched by its longest configured prefix, as the real host does; a function's own
records are of category ``Function.<name>.User``, its invocations of ``Function.<name>``.
https://learn.microsoft.com/azure/azure-functions/configure-monitoring#configure-log-levels
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ORDER = ("trace", "debug", "information", "warning", "error", "critical", "none")
_PYTHON = {"debug": 1, "info": 2, "warning": 3, "error": 4}
_DEFAULT = "information"


class LogLevels:
    """The levels of one app.

    Args:
        levels: Category to level in lower case, as :class:`.host_json.HostJson` holds them.
    """

    def __init__(self, levels: Mapping[str, str]) -> None:
        self._levels = {name.lower(): _ORDER.index(level) for name, level in levels.items()}
        self._default = self._levels.pop("default", _ORDER.index(_DEFAULT))
        self._found: dict[str, int] = {}

    @property
    def wants_debug(self) -> bool:
        """Whether any category asks for records below ``Information``."""
        lowest = min([self._default, *self._levels.values()])
        return lowest < _ORDER.index(_DEFAULT)

    def shows(self, level: str, function: str, *, users: bool) -> bool:
        """Whether a record is shown.

        Args:
            level: ``debug``, ``info``, ``warning`` or ``error``.
            function: The function it belongs to, empty where there is none.
            users: Whether the app's own code logged it.
        """
        if not self._levels:
            return _PYTHON[level] >= self._default
        category = f"Function.{function}.User" if users else f"Function.{function}"
        return _PYTHON[level] >= self._threshold(category.lower() if function else "function")

    def _threshold(self, category: str) -> int:
        if category not in self._found:
            name = category
            while name not in self._levels and "." in name:
                name = name.rsplit(".", 1)[0]
            self._found[category] = self._levels.get(name, self._default)
        return self._found[category]
