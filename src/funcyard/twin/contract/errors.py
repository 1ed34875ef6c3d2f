"""What does not keep the contract; every message may be told to a caller, as it shows no value."""

from __future__ import annotations


class ContractError(ValueError):
    """Something that was handed over is not what was agreed on.

    Attributes:
        message: What is wrong, in words that show nothing of what was sent.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class MissingSettingError(ContractError):
    """A function's app lacks settings.

    Attributes:
        names: Those that are not there, or empty.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"settings missing: {', '.join(names)}")
        self.names = names
