"""The faults of the pipeline: each knows a short code and the HTTP status it answers with."""


class PipelineError(Exception):
    """A fault that is explained to the caller.

    Attributes:
        code: Short, stable name for programs.
        status: HTTP status of the answer.
    """

    def __init__(self, message: str, *, code: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class InputError(PipelineError):
    """The input is wrong: no retry will mend it. A file that has it gets the status ``failed``."""

    def __init__(self, message: str, *, code: str, status: int = 400) -> None:
        super().__init__(message, code=code, status=status)


class SettingError(PipelineError):
    """A setting of the app is missing or wrong."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="wrong-setting", status=500)
