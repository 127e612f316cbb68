"""One line a request: an id, the kind of page, the status, the time it took. No addresses, queries or names."""

from __future__ import annotations

import logging
import secrets
from time import monotonic

from flask import Flask, Response, g, request

log = logging.getLogger("webapp.requests")


def install(app: Flask) -> None:
    """Log each request when it is answered."""
    app.before_request(_start)
    app.after_request(_finish)


def request_id() -> str:
    """A short id of this request, shown on the error page so that a helper can find the line in the log."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(4)
    name: str = g.request_id
    return name


def _start() -> None:
    g.started_at = monotonic()
    request_id()


def _finish(response: Response) -> Response:
    took = round((monotonic() - g.get("started_at", monotonic())) * 1000)
    log.info(
        "request id=%s endpoint=%s method=%s status=%d ms=%d",
        request_id(), request.endpoint, request.method, response.status_code, took,
    )  # fmt: skip
    return response
