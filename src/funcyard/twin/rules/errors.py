"""What is wrong with a condition, at its place in the text."""

from __future__ import annotations


class ConditionError(ValueError):
    """A text is no condition, or does not fit what it speaks of.

    Attributes:
        message: What is wrong.
        text: The whole condition.
        position: Where, counted in characters from 0.
        hint: What to write instead, where that is known.
    """

    def __init__(self, message: str, text: str, position: int, hint: str | None = None) -> None:
        super().__init__(f"{message}, at character {position + 1}")
        self.message = message
        self.text = text
        self.position = position
        self.hint = hint

    @property
    def drawn(self) -> str:
        """The line that the fault is in, with a caret below it."""
        begin = self.text.rfind("\n", 0, self.position) + 1
        line = self.text[begin:].partition("\n")[0].expandtabs(1)
        return f"{line}\n{' ' * (self.position - begin)}^"


class EvaluationError(Exception):
    """A condition cannot be told to hold or not: a value is not what it compares with.

    Attributes:
        message: What was compared with what.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
