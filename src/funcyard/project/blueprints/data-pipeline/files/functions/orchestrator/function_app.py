"""Orchestrator: takes the announcement of a file, and cuts the file into chunks.

    POST /api/orchestrate {"filename": …}  ->  processing-queue  ->  chunk blobs in ``queued``

Registrations only: the work is in ``announcing``, ``splitting`` and ``progress``.
"""

import logging
from urllib.parse import quote, urljoin

import azure.functions as func
from announcing import Announcement, announce
from data_utils.answers import answer, filename_of
from data_utils.errors import InputError
from progress import progress_of
from splitting import split

_log = logging.getLogger(__name__)

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="orchestrate", methods=["POST"])
@app.queue_output(
    arg_name="message", queue_name="processing-queue", connection="AzureWebJobsStorage"
)
def orchestrate(req: func.HttpRequest, message: func.Out[str]) -> func.HttpResponse:
    """Answer 202 once the file is on the queue."""

    def work() -> tuple[int, dict[str, object]]:
        announced = announce(filename_of(req.get_body()))
        message.set(announced.message())
        link = urljoin(req.url, f"status/{quote(announced.filename)}")
        return 202, {"filename": announced.filename, "job": announced.job, "status": link}

    status, body = answer(work)
    return func.HttpResponse(body, status_code=status, mimetype="application/json")


@app.queue_trigger(arg_name="msg", queue_name="processing-queue", connection="AzureWebJobsStorage")
def split_file(msg: func.QueueMessage) -> None:
    """Cut the announced file into chunks.

    A message that names no file is raised and ends in the poison queue. A file that is wrong has
    the status ``failed``, and its message is done with: a retry would not mend it.
    """
    announced = Announcement.read(msg.get_body())
    try:
        facts = split(announced)
    except InputError as fault:
        _log.warning("%s failed: %s", announced.filename, fault)
    else:
        _log.info("%s: %d rows in %d chunks", announced.filename, facts.rows, facts.chunks)


@app.route(route="status/{filename}", methods=["GET"])
def status(req: func.HttpRequest) -> func.HttpResponse:
    """Answer how far the file's latest announcement has come."""
    code, body = answer(lambda: (200, progress_of(req.route_params["filename"])))
    return func.HttpResponse(body, status_code=code, mimetype="application/json")
