"""The office of a home-care provider: requests, who goes where, the day's calendar, the month's settlement."""

from __future__ import annotations

from flask import Flask

from services.errors import ServiceError
from webapp.provider import adaptations, days, refusals, requests, settlement, words

BLUEPRINTS = [part.blueprint for part in (requests, days, settlement, adaptations)]
for each in BLUEPRINTS:
    each.register_error_handler(ServiceError, refusals.refused)


def install(app: Flask) -> None:
    """Add the pages and their words."""
    words.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
