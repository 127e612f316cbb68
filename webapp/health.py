"""Whether this site can serve: for the set-up's supervisor and for a load balancer."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.access import open_to_anyone
from webapp.transaction import database_session

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@open_to_anyone
def health() -> tuple[Response, int]:
    """200 when the database answers, 503 when it does not."""
    try:
        database_session().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="database_unreachable"), 503
    return jsonify(status="ok"), 200
