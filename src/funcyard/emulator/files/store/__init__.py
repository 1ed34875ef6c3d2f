"""What the service keeps: plain files in a folder, and beside them what a file system cannot hold.

``LOCATION/ACCOUNT/SHARE/…`` are plain folders and files, usable as a mount. ``LOCATION/.store``
holds the rest: a SQLite database of properties, snapshots, and bodies on their way into a file.
Every change is written down in one transaction, together with the one step that it means for the
file system; the step is done after that, and done again by the next start if the process was
killed in between (``journal.py``).
"""
