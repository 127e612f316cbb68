"""Care at home by touch: choosing service, day and time one question a page, and what becomes of a booking."""

from __future__ import annotations

from flask import Flask

from webapp.home_care import bookings, choosing, words


def install(app: Flask) -> None:
    """Add the pages and their words."""
    words.install(app)
    app.register_blueprint(choosing.blueprint)
    app.register_blueprint(bookings.blueprint)
