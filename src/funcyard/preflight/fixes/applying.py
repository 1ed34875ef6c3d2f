"""Making fixes: files written as a whole, every app surveyed again, what did not help taken back.

A fix helps when none of its functions fails any more and nothing fails that did not before. What is
taken back leaves the file as it was, unless another fix changed it, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.atomic import write_atomically
from funcyard.errors import UserError
from funcyard.preflight.causes import words_of
from funcyard.preflight.facts import gather
from funcyard.preflight.fixes.fix import Mended, edits_by_path, unified
from funcyard.preflight.fixes.text import Text
from funcyard.preflight.rules import blueprint_not_registered

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.fixes.fix import Fix
    from funcyard.preflight.target import Request


class FixError(UserError):
    """A file cannot be mended: it changed meanwhile, or cannot be written."""

    code = "cannot-fix"


class Mending:
    """Fixes on their way into files, which are read when this is made.

    Args:
        request: What was asked; it is surveyed again.
        facts: What was found before.
        fixes: What to do.
    """

    def __init__(self, request: Request, facts: Facts, fixes: Collection[Fix]) -> None:
        self._request = request
        self._before = {app.name: _failures(app) for app in facts.apps}
        self._fixes = tuple(fixes)
        self._kept: tuple[Fix, ...] = ()
        self._why: dict[Fix, str] = {}
        self._names = {change.path: change.name for fix in fixes for change in fix.changes}
        self._texts = {path: _text_of(path) for path in self._names}

    @property
    def diff(self) -> str:
        """The change of every file were all fixes made, as one unified diff."""
        edits = edits_by_path(self._fixes)
        return "".join(
            unified(name, self._texts[path].content, self._texts[path].edited(edits[path]))
            for path, name in sorted(self._names.items(), key=lambda pair: pair[1])
        )

    @property
    def told(self) -> tuple[Mended, ...]:
        """Every change of every fix, and whether it was made and kept."""
        return tuple(
            Mended(
                change.name,
                fix.rule,
                unified(
                    change.name,
                    self._texts[change.path].content,
                    self._texts[change.path].edited(change.edits),
                ),
                fix in self._kept,
            )
            for fix in self._fixes
            for change in fix.changes
        )

    @property
    def taken_back(self) -> tuple[Fix, ...]:
        """The fixes that were not kept."""
        return tuple(fix for fix in self._fixes if fix not in self._kept)

    def why(self, fix: Fix) -> str:
        """Return what failed with a fix and not without it, in the worker's words, if anything."""
        return self._why.get(fix, "")

    async def apply(self) -> Facts:
        """Make the fixes and return what is found afterwards.

        Raises:
            FixError: A file changed since it was read, or cannot be written.
            IndexingError: An app's interpreter cannot be started.
        """
        for path, text in self._texts.items():
            if _text_of(path).content != text.content:
                raise FixError(f"{path} changed meanwhile", hint="run the command again")
        kept = self._fixes
        facts: Facts | None = None
        try:
            while True:
                self._write(kept)
                facts = await gather(self._request)
                useless = self._useless(kept, facts)
                if not useless:
                    break
                self._why |= {fix: self._failing(fix, facts) for fix in useless}
                kept = tuple(fix for fix in kept if fix not in useless)
        except BaseException:
            self._write(())
            raise
        self._kept = kept
        return facts

    def _useless(self, kept: tuple[Fix, ...], facts: Facts) -> set[Fix]:
        """Return the fixes to be taken back after a survey."""
        after = {app.name: app for app in facts.apps}
        found = {fix for fix in kept if not _helped(fix, after[fix.app])}
        if found:
            return found
        for name, app in after.items():
            if _failures(app) - self._before[name]:
                own = [fix for fix in kept if fix.app == name] or list(kept)
                registering = {fix for fix in own if fix.rule == blueprint_not_registered.RULE.id}
                return registering or set(own)
        return set()

    def _failing(self, fix: Fix, facts: Facts) -> str:
        """Return the first failure of the fix's app that was not there before."""
        app = next(app for app in facts.apps if app.name == fix.app)
        failures = app.survey.faults
        return next(
            (
                f"{failure.kind}: {words_of(failure)}"
                for failure in failures
                if (failure.kind, failure.message) not in self._before[fix.app]
            ),
            "",
        )

    def _write(self, fixes: tuple[Fix, ...]) -> None:
        edits = edits_by_path(fixes)
        for path, text in self._texts.items():
            content = text.edited(edits.get(path, ()))
            if _text_of(path).content != content:
                _replace(path, content)


def _helped(fix: Fix, app: AppFacts) -> bool:
    """Tell whether the fix's functions are found, or another's failure alone hides them."""
    wanted = set(fix.functions)
    failing = {fault.function for fault in app.faults}
    if failing:
        lost = {name for stray in app.survey.strays for name, _, _ in stray.functions}
        return not wanted & (failing | lost)
    return wanted <= {function.name for function in app.survey.index.functions}


def _failures(app: AppFacts) -> set[tuple[str, str]]:
    return {(failure.kind, failure.message) for failure in app.survey.faults}


def _text_of(path: Path) -> Text:
    text = Text.read(path)
    if text is None:
        raise FixError(f"{path} cannot be read")
    return text


def _replace(path: Path, content: str) -> None:
    real = path.resolve()
    try:
        write_atomically(real, content, mode=real.stat().st_mode & 0o7777)
    except OSError as fault:
        raise FixError(f"{path} cannot be written: {fault.strerror}") from fault
