"""Container apps as they run: read, judged, watched and rolled out.

:mod:`.reading` makes :mod:`.models` of Azure's documents, :mod:`.observing` asks for all of an app
at once, and :mod:`.verdict` says what it comes to.
"""
