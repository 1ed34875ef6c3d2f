"""Goes through the words of a query, one ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.digitaltwins.query.tokens import END, NAME, Token, refused, tokens

if TYPE_CHECKING:
    from funcyard.emulator.digitaltwins.errors import TwinsError


class Reader:
    """The words of a query.

    Args:
        query: The query.

    Raises:
        TwinsError: Something is no word of the language.
    """

    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens = tokens(query)
        self._at = 0

    @property
    def next(self) -> Token:
        """The word that is next."""
        return self._tokens[self._at]

    def take(self) -> Token:
        """Return the next word and go on; the end stays."""
        token = self.next
        if token.kind != END:
            self._at += 1
        return token

    def word(self, *words: str) -> Token:
        """Return the next word, one of these of the language.

        Raises:
            TwinsError: It is another.
        """
        if not self.next.is_word(*words):
            raise self.unexpected(" or ".join(words))
        return self.take()

    def takes_word(self, word: str) -> bool:
        """Go on where a word of the language is next; return whether it was."""
        if not self.next.is_word(word):
            return False
        self.take()
        return True

    def sign(self, sign: str) -> None:
        """Go on behind a sign.

        Raises:
            TwinsError: Something else is next.
        """
        if not self.takes_sign(sign):
            raise self.unexpected(f"'{sign}'")

    def takes_sign(self, sign: str) -> bool:
        """Go on where a sign is next; return whether it was."""
        if not self.next.is_sign(sign):
            return False
        self.take()
        return True

    def name(self) -> Token:
        """Return the next word, a name.

        Raises:
            TwinsError: It is none.
        """
        if self.next.kind != NAME:
            raise self.unexpected("a name")
        return self.take()

    def unexpected(self, wanted: str) -> TwinsError:
        """Return the error for the next word, which should be something else."""
        return self.refused(self.next, f"missing {wanted} at '{self.next.text}'")

    def refused(self, token: Token, message: str) -> TwinsError:
        """Return the error for a word."""
        return refused(self._query, token.at, message)

    def refused_at(self, at: int, message: str) -> TwinsError:
        """Return the error for a place."""
        return refused(self._query, at, message)
