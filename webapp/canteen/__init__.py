"""A canteen's own pages, under /staff/canteen: what to cook and to bring, the till at the counter, the month."""

from __future__ import annotations

from flask import Flask

from services.errors import ServiceError
from webapp.canteen import day, rounds, settlement, till, till_lines, wording
from webapp.staff import refusals

PARTS = (day, rounds, till, till_lines, settlement)
for each in PARTS:
    each.blueprint.register_error_handler(ServiceError, refusals.refused)


def install(app: Flask) -> None:
    """Add the pages and their words; they say no as all pages of staff do."""
    wording.install(app)
    for part in PARTS:
        app.register_blueprint(part.blueprint)
