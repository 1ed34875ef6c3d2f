"""What deployer and functions agree on, written once, so that a mismatch cannot be.

``functions.py`` says of every function where it lives, what calls it and which settings it needs;
``settings.py`` names those and reads them; ``tokens.py`` guards what other clouds call;
``telemetry.py``, ``items.py``, ``blobs.py`` and ``envelopes.py`` are the shapes of what passes;
``info.py`` is what every function knows of its twin; ``clock.py`` tells the time. Functions are
shipped with it, so it needs the standard library only.
"""
