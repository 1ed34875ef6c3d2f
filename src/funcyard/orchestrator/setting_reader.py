"""Settings read one by one, and what is wrong with them told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.errors import FuncyardError, UsageError

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping


class OrchestratorSettingsError(UsageError):
    """Settings of the orchestrator are missing or cannot be meant; no value is in the message."""

    code = "orchestrator-settings"


class SettingReader:
    """Reads settings one by one, and keeps what is wrong with them.

    Args:
        given: All settings; an empty one counts as none.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = {name: value.strip() for name, value in given.items()}
        self._faults: list[str] = []

    def text(self, name: str, otherwise: str | None = None) -> str:
        """Return a setting; empty where it is missing and has to be there."""
        found = self._given.get(name) or otherwise
        if found is None:
            self._faults.append(f"{name} is not set")
        return found or ""

    def matching(
        self, name: str, shape: re.Pattern[str], words: str, otherwise: str | None = None
    ) -> str:
        """Return a setting that has a shape."""
        found = self.text(name, otherwise)
        if found and not shape.fullmatch(found):
            self._faults.append(f"{name} has to be {words}")
        return found

    def number(self, name: str, otherwise: float, least: float, most: float) -> float:
        """Return a setting that is a number within bounds."""
        found = self.text(name, f"{otherwise:g}")
        try:
            value = float(found)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            self._faults.append(f"{name} has to be a number from {least:g} to {most:g}")
        return value

    def read(self, name: str, work: Callable[[str], Any], otherwise: str | None = None) -> Any:  # noqa: ANN401 - of any type
        """Return what a function makes of a setting; None where it makes nothing of it.

        Args:
            name: The setting's.
            work: Raises a FuncyardError where it cannot be meant.
            otherwise: What counts where it is not set; without that it has to be.
        """
        found = self.text(name, otherwise)
        if not found and otherwise is None:
            return None
        try:
            return work(found)
        except FuncyardError as fault:
            self._faults.append(f"{name}: {fault.message}")
            return None

    def one_of(self, *names: str, at_least_one: bool = False) -> None:
        """Refuse several of settings that exclude each other, or none of them."""
        there = [name for name in names if self._given.get(name)]
        if len(there) > 1 or (at_least_one and not there):
            amount = "exactly one" if at_least_one else "at most one"
            self._faults.append(f"{amount} of {' and '.join(names)} has to be set")

    def together(self, *names: str) -> None:
        """Refuse some of settings that belong together."""
        there = [name for name in names if self._given.get(name)]
        if there and len(there) < len(names):
            self._faults.append(f"{' and '.join(names)} belong together")

    def needs(self, name: str, other: str) -> None:
        """Refuse a setting without another."""
        if self._given.get(name) and not self._given.get(other):
            self._faults.append(f"{name} needs {other}")

    def raise_all(self) -> None:
        """Tell what was kept.

        Raises:
            OrchestratorSettingsError: Every fault.
        """
        if self._faults:
            raise OrchestratorSettingsError(
                "\n".join(self._faults), hint="docs/orchestrator.md has every setting"
            )
