"""Processor: transforms each chunk and hands it to the loader.

    a blob in ``queued``, or POST /api/process {"filename": …}  ->  ``processed``  ->  loader

Registrations only: the work is in ``processing`` and ``delivery``.
"""

import logging

import azure.functions as func
from data_utils.answers import answer, filename_of
from data_utils.errors import InputError
from processing import process as process_blob

_log = logging.getLogger(__name__)

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.blob_trigger(arg_name="blob", path="queued/{name}", connection="AzureWebJobsStorage")
def process_chunk(blob: func.InputStream) -> None:
    """Transform the chunk; what a retry may mend is raised, so that the host tries again.

    The trigger only says which blob it is. ``processing`` reads it itself, so that content,
    metadata and ETag belong together.
    """
    name = str(blob.name).removeprefix("queued/")
    try:
        done = process_blob(name)
    except InputError as fault:
        _log.warning("%s failed: %s", name, fault)
    else:
        _log.info("%s: %s", name, done["status"])


@app.route(route="process", methods=["POST"])
def process(req: func.HttpRequest) -> func.HttpResponse:
    """Transform one chunk now and answer what came of it."""
    status, body = answer(lambda: (200, process_blob(filename_of(req.get_body()))))
    return func.HttpResponse(body, status_code=status, mimetype="application/json")
