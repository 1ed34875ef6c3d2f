"""A new revision of an app: planned, sent, followed until it runs, and sent back where it does not.

:mod:`.plan` says what would be sent, :mod:`.sending` sends it and looks whether it counts,
:mod:`.following` looks until the revision runs or will not, and :mod:`.rolling` does all of it.
"""
