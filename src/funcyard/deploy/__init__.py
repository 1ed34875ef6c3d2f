"""The deployment engine: a graph of resources, brought to what is wanted and taken away again.

``graph`` → ``observing`` (one read each) → ``plan`` → ``apply`` along the graph, under a journal
that is written before and after every call. It knows nothing of what is deployed, nor of where.
"""
