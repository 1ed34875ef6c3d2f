"""The words of a Bicep declaration, taken one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.syntax import TemplateSyntaxError
from funcyard.preflight.infrastructure.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Sequence


class Words:
    """A place among words.

    Args:
        tokens: The words.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def here(self) -> Token:
        """The next word; at the end, an end of line."""
        if self._at < len(self._tokens):
            return self._tokens[self._at]
        return Token("end", "", self._tokens[-1].line if self._tokens else 1)

    @property
    def done(self) -> bool:
        """Whether there is no word left."""
        return self._at >= len(self._tokens)

    def take(self) -> Token:
        """Return the next word and go on."""
        token = self.here
        self._at += 1
        return token

    def is_mark(self, *texts: str) -> bool:
        """Tell whether the next word is one of these marks."""
        return self.here.kind == "mark" and self.here.text in texts

    def is_name(self, *texts: str) -> bool:
        """Tell whether the next word is one of these names, or any."""
        return self.here.kind == "name" and (not texts or self.here.text in texts)

    def took(self, text: str) -> bool:
        """Go on if the next word is this one, and tell whether it was."""
        found = self.here.kind in {"mark", "name"} and self.here.text == text
        self._at += found
        return found

    def expect(self, text: str) -> Token:
        """Return the next word, which has to be this one.

        Raises:
            TemplateSyntaxError: It is another.
        """
        if not self.took(text):
            raise TemplateSyntaxError(
                f"expected {text!r}, found {self.here.text!r}", self.here.line
            )
        return self._tokens[self._at - 1]

    @property
    def place(self) -> int:
        """Where the next word is; to be gone back to by :meth:`back_to`."""
        return self._at

    def back_to(self, place: int) -> None:
        """Go back to where the words were before."""
        self._at = place

    def skip_ends(self) -> None:
        """Go past ends of lines."""
        while self.here.kind == "end" and not self.done:
            self._at += 1

    def skip_group(self) -> None:
        """Go past one word, or past everything that its bracket holds."""
        depth = 0
        while not self.done:
            token = self.take()
            if token.kind == "mark":
                depth += (token.text[0] in "([{") - (token.text in (")", "]", "}"))
            if depth <= 0:
                return
