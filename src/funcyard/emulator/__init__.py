"""A local Azure: servers that the real SDKs talk to, each judged by Microsoft's own clients.

Beside the floors: nothing that deploys, syncs or operates imports this package; it is reached over
HTTP as Azure would be.
"""
