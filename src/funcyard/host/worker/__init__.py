"""The worker: runs one app's functions on the app's own interpreter and packages.

Everything here imports the standard library, the app's azure-functions and relative siblings only.
"""
