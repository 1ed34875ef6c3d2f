"""What runs in a worker process: the standard library and its siblings, nothing else.

The engine's process imports nothing of this but where ``main.py`` lies.
"""
