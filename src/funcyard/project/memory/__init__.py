"""What is remembered of a project: Markdown that people read and edit, and Funcyard reads back.

The whole interface of this room::

    store = store_for(root, memory_option)              # location.py
    memory = load(store, project, now=now)              # reading.py: facts, health, files
    filled = fill(document, memory)                     # reading.py: defaults for what is open
    for difference in differences(memory, spec): ...    # comparing.py
    probing = begin_probes(runtime_version)             # probes.py: runs beside other work
    result = record(                                    # recording.py: after every change
        store, spec, files, Change(ChangeKind.NEW), now=now, version=__version__,
        probes=probing.finish(within=0.15),
    )
    note(store, project, text, now=now)                 # notes.py

``files`` are all files of the project as they are generated now, not only the new ones: what is
remembered and no longer among them is recorded as removed. ``now`` is local time.
"""
