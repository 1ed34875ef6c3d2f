"""Discovery: what a function app holds, found as the official worker finds it.

Free of imports from outside the standard library: it runs on the app's own interpreter.
"""
