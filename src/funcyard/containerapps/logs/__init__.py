"""What the replicas of an app print, and what the platform tells of it, from many streams at once.

:mod:`.sources` knows which streams there are, :mod:`.line` takes a line apart, :mod:`.position`
remembers how far a stream was read, and :mod:`.following` reads all of them, as they come.
"""
