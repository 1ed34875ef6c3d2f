"""The local Functions host: every app of a project on this machine, without Docker or Azure.

This file stays free of imports: ``funcyard.host.worker`` is loaded on the app's own interpreter.
"""
