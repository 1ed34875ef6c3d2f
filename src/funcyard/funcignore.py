"""``.funcignore``: what ``func azure functionapp publish`` leaves out, in the syntax of .gitignore.

https://learn.microsoft.com/azure/azure-functions/functions-core-tools-reference#func-azure-functionapp-publish
"""

from __future__ import annotations


class Funcignore:
    """One file's text.

    Args:
        text: What it holds.
    """

    def __init__(self, text: str) -> None:
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - keeps --help fast

        numbered = [
            (number, line)
            for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1)
            if line
        ]
        self._numbers = [number for number, _ in numbered]
        self._lines = dict(numbered)
        self._spec = GitIgnoreSpec.from_lines(line for _, line in numbered)

    def decides(self, path: str) -> int:
        """Return the line that leaves a file out, 0 where it is published.

        Args:
            path: Relative to the app's folder, with forward slashes.
        """
        told = self._spec.check_file(path)
        return self._numbers[told.index] if told.include and told.index is not None else 0

    def line(self, number: int) -> str:
        """Return a line's text."""
        return self._lines[number].strip()
