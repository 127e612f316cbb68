"""Meals by touch: one meal step by step, a week in one go, the same every week, a place in line, where canteens are."""

from __future__ import annotations

from flask import Flask

from webapp.meals import bookings, canteens, choosing, diets, reviewing, standing, waiting, weeks, wording

PARTS = (choosing, reviewing, bookings, weeks, standing, waiting, diets, canteens)


def install(app: Flask) -> None:
    """Add the pages and their words."""
    wording.install(app)
    waiting.install(app)
    for part in PARTS:
        app.register_blueprint(part.blueprint)
