"""The web site in elder mode: pages for touch and keyboard, and the browser's end of voice.

`create_app` puts the site together from settings, a clock and a database. What the pages do is in one module per task
of a person; what they decide is in `services`, what they say is in the catalogues.
"""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from services.clock import Clock, SystemClock
from services.database import Database, open_database
from services.settings import PROJECT, Settings
from webapp import (
    access,
    acting,
    activities,
    adaptation_forms,
    adaptation_words,
    browser_files,
    calling,
    canteen,
    certification,
    delegates,
    demo_phone,
    devices,
    display,
    emergency,
    error_pages,
    family,
    family_words,
    health,
    helping,
    home,
    home_adaptation,
    home_care,
    languages,
    meals,
    own_data,
    pages,
    provider,
    request_log,
    security,
    sign_in,
    staff,
    talk,
    talk_socket,
    texts,
    transaction,
    visits,
    words,
)
from webapp.benefits import offers, overview, wording
from webapp.site import Site
from webapp.talk_engines import Engines, LazyEngines


def create_app(
    settings: Settings,
    *,
    clock: Clock = SystemClock(),  # noqa: B008 - it holds no state
    database: Database | None = None,
    engines: Engines | None = None,
) -> Flask:
    """The site for these settings. Without `database` it opens the one of the settings; without `engines` recognition
    and speech are opened by the first person who talks."""
    app = Flask("webapp", static_folder=PROJECT / "static", template_folder=PROJECT / "templates")
    app.extensions["yinian"] = Site(
        settings=settings,
        clock=clock,
        database=database or open_database(settings),
        engines=engines or LazyEngines(settings),
    )
    # Innermost, so that whatever a proxy says of the address is settled before.
    app.wsgi_app = acting.below_delegations(app.wsgi_app)  # type: ignore[method-assign]
    if not settings.demo:
        # TLS ends at one proxy in front, which says what scheme, host and address the browser used. The demonstration
        # has none, and there anybody could say so.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_host=1)  # type: ignore[method-assign]
    for part in (
        request_log,
        security,
        transaction,
        access,
        languages,
        display,
        words,
        wording,
        adaptation_words,
        family_words,
        adaptation_forms,
        browser_files,
        own_data,
        pages,
        error_pages,
    ):
        part.install(app)
    for part in (
        health,
        home,
        helping,
        sign_in,
        devices,
        own_data,
        overview,
        offers,
        home_adaptation,
        delegates,
        family,
        calling,
        activities,
        talk,
        demo_phone,
    ):
        app.register_blueprint(part.blueprint)
    app.register_blueprint(display.blueprint)
    app.register_blueprint(languages.blueprint)
    meals.install(app)
    home_care.install(app)
    staff.install(app)
    canteen.install(app)
    provider.install(app)
    visits.install(app)
    talk_socket.install(app)
    certification.install(app)
    texts.install(app)
    emergency.install(app)
    return app
