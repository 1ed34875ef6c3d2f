"""What is remembered of a project: Markdown that people read and edit, and Funcyard reads back.

The interface of this room, each name in its module::

    store = location.store_for(root, memory_option)
    memory = reading.load(store, project, now=now)          # facts, files, health; exists, problems
    document, filled = reading.fill(document, memory)       # what the spec leaves open
    differing = comparing.differences(memory, spec)         # where the two say different things
    with probes.begin_probes(spec.runtime.version) as probing:   # asks, does not wait
        ...                                                       # generate and write the project
        result = recording.record(
            store, spec, files, Change(ChangeKind.NEW), now=now, version=__version__,
            probes=probing.finish(within=0.15),
        )
    notes.note(store, project, text, now=now)

``files`` are all files of the project as they are generated now, not only the new ones: what is
remembered and no longer among them is recorded as removed. ``now`` is local time. A run that
changes nothing writes nothing. How the Markdown works is in ``markdown.py`` and docs/memory.md.
"""
