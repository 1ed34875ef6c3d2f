"""The workflow engine: runs an organisation's code in processes of its own, and keeps the record.

Code of a workspace is never imported into the process that holds the engine. A worker process
(``worker/``) imports one published version of one scope and runs one execution after another; the
pool (``pool/``) keeps workers warm and shares them fairly; ``executions/`` is the record in Table
and Blob Storage; :mod:`funcyard.workflows.engine` is the face of it all. What user code imports is
:mod:`funcyard.workflows.sdk`, and nothing else.
"""
