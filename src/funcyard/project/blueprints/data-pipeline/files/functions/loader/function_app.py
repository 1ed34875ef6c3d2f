"""Loader: loads transformed chunks into the external system.

    POST /api/load {"filename": …}  ->  external system, and the blob moves to ``loaded``

Registrations only: the work is in ``loading`` and ``external``.
"""

import azure.functions as func
from data_utils.answers import answer, filename_of
from loading import load as load_blob
from loading import loaded_file

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="load", methods=["POST"])
def load(req: func.HttpRequest) -> func.HttpResponse:
    """Load one chunk of ``processed``."""
    status, body = answer(lambda: (200, load_blob(filename_of(req.get_body()))))
    return func.HttpResponse(body, status_code=status, mimetype="application/json")


@app.route(route="loaded/{filename}", methods=["GET"])
def loaded(req: func.HttpRequest) -> func.HttpResponse:
    """Answer what the external system holds of a file."""
    status, body = answer(lambda: (200, loaded_file(req.route_params["filename"])))
    return func.HttpResponse(body, status_code=status, mimetype="application/json")
