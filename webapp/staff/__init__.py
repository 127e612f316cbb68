"""The pages of community workers and operators: denser than those of seniors, under /staff."""

from __future__ import annotations

from flask import Flask, request

from services.errors import ServiceError
from webapp.staff import (
    activities,
    adaptations,
    alarms,
    contacts,
    demo,
    desk,
    family,
    own_sessions,
    people,
    places,
    records,
    refusals,
    registers,
    runs,
    screening,
    signing_in,
    supervision,
    tasks,
    words,
    work_words,
    works,
)

PATH = "/staff"
PARTS = (
    signing_in,
    tasks,
    alarms,
    people,
    records,
    contacts,
    family,
    desk,
    activities,
    adaptations,
    registers,
    screening,
    supervision,
    runs,
    works,
    own_sessions,
    demo,
)
BLUEPRINTS = [part.blueprint for part in PARTS]
for each in BLUEPRINTS:
    each.register_error_handler(ServiceError, refusals.refused)


def install(app: Flask) -> None:
    """Add the pages, their words, and their own way of saying no."""
    words.install(app)
    work_words.install(app)
    alarms.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.url_value_preprocessor(lambda endpoint, _values: registers.allow_large_file(endpoint, request))
    app.context_processor(_surroundings)


def _surroundings() -> dict[str, object]:
    """Pages for what went wrong look like the pages around them, and lead back there."""
    if request.path == PATH or request.path.startswith(f"{PATH}/"):
        return {
            "frame": "staff/frame.html",
            "first_page": PATH,
            "staff_places": places.PLACES,
            "staff_roles": places.ROLES,
            "alarm_roles": alarms.ROLES,
        }
    return {"frame": "layouts/base.html", "first_page": "/"}
