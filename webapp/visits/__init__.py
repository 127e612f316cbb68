"""A care worker's phone: her visits of the day, beginning and ending them, and what to do at a closed door."""

from __future__ import annotations

from flask import Flask

from services.errors import ServiceError
from webapp.provider import refusals
from webapp.visits import rounds

rounds.blueprint.register_error_handler(ServiceError, refusals.refused)


def install(app: Flask) -> None:
    """Add the pages."""
    app.register_blueprint(rounds.blueprint)
