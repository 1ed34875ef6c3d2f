"""Azurite, the storage emulator: where it is, how it is installed, and its process.

``install`` puts the pinned version where ``locate`` finds it, ``caching`` has it start quickly;
``process`` runs what was found.
"""
