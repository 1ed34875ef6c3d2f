"""The functions of a twin, a folder each, called as the contract calls them.

A folder holds one module with what is the function's own: ``answer`` for one that is called over
HTTP, ``take`` for one that hears of events, ``move`` for one that runs by night. What registers it,
guards it and turns faults into answers is ``shared/``. An app has the modules of its functions at
its root, ``shared`` and the contract where they are here (``providers/azure/packages.py``).
"""
