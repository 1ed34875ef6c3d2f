"""Python on Azure Functions from the first line to the night shift.

This file stays free of imports: the worker that runs a user's app loads it on the app's own
interpreter, where none of Funcyard's dependencies exist (docs/decisions/0002).
"""

__version__ = "0.1.0"
