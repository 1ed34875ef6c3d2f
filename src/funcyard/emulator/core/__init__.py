"""Azure Resource Manager on this machine: what every resource has in common, whatever its type.

``app`` takes a request, ``access`` says who asks, ``routes`` what for; ``reading``, ``writing`` and
``removing`` do it by the type's description (``types``) on what is kept (``store``); what takes its
time goes on in ``operations``. A service beside this folder registers its types and knows no more.
"""
