"""What the functions of a twin have in common.

``registering.py`` makes functions of the contract's table and of their modules; ``services.py`` is
what each is handed: settings, and clients that are made once in a process. ``faults.py`` is what
may be told to a caller.
"""
