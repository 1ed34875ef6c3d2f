"""Azurite, the storage emulator, as a process: what the host and the local Azure start alike.

Who starts one keeps it running in its own way (``host/azurite/process.py``,
``emulator/storage/azurite.py``): which ports it has, what ends it with its parent, what is told.
"""
