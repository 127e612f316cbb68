"""A site on the test's own transaction, and a browser without a screen that checks every page that it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from services.database import Database
from services.messages import OutgoingMessage
from services.people import Person
from services.settings import Settings
from services.sign_in import open_session
from tests.web.catalogues import with_compiled_words
from tests.web.checking import check_page, parsed
from tests.web.engines import FakeEngines
from webapp import create_app
from webapp.site import Site


@dataclass
class TestClock:
    """A clock that tests set."""

    at: datetime
    __test__ = False

    def now(self) -> datetime:
        return self.at


class CheckingClient(FlaskClient):
    """Every HTML answer must be a whole, labelled page; there is no way around it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in (204, 303):
            if "HX-Request" not in response.request.headers:
                check_page(response.get_data(as_text=True))
        return response


@pytest.fixture(scope="session")
def web_settings(settings: Settings) -> Settings:
    """The settings of the run, with the words that the repository has now."""
    return with_compiled_words(settings)


@pytest.fixture
def clock(now: datetime) -> TestClock:
    """The site's clock."""
    return TestClock(now)


@pytest.fixture(scope="session")
def built_site(web_settings: Settings, database: Database) -> Flask:
    """The site, put together once for all tests of the process: that, and compiling its templates, takes longer than
    most of them."""
    return create_app(web_settings, database=database, engines=FakeEngines([]))


@pytest.fixture
def site(built_site: Flask, session: Session, clock: TestClock) -> Iterator[Flask]:
    """The site in demonstration mode. What it commits is gone after the test, and so is what the test sets in it."""
    built, config = built_site.extensions["yinian"], dict(built_site.config)
    yield lent_to_a_test(built_site, session, clock)
    built_site.extensions["yinian"] = built
    built_site.config.update(config)


def new_site(settings: Settings, database: Database, session: Session, clock: TestClock) -> Flask:
    """A site of the test's own, for other settings or more addresses. Its sessions all join the test's transaction."""
    return lent_to_a_test(create_app(settings, database=database, engines=FakeEngines([])), session, clock)


def lent_to_a_test(app: Flask, session: Session, clock: TestClock) -> Flask:
    """The same site, with sessions that all join the test's transaction, and the test's clock."""
    sessions = sessionmaker(session.connection(), info=session.info, join_transaction_mode="create_savepoint")
    built: Site = app.extensions["yinian"]
    app.extensions["yinian"] = replace(built, clock=clock, database=replace(built.database, sessions=sessions))
    app.test_client_class = CheckingClient
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def browser(site: Flask) -> Iterator[FlaskClient]:
    """A browser that nobody has signed in with."""
    with site.test_client() as client:
        yield client


@pytest.fixture
def hers(site: Flask, session: Session, wang: Person, clock: TestClock) -> FlaskClient:
    """The browser of 王秀珍, signed in."""
    return signed_in_browser(site, session, wang, "15400000002", clock.at)


def signed_in_browser(site: Flask, session: Session, person: Person, phone: str, at: datetime) -> FlaskClient:
    """A browser in which this person has signed in."""
    client = site.test_client()
    token = open_session(session, person_id=person.id, phone=phone, city=person.city, now=at)
    with client.session_transaction() as kept:
        kept["token"] = token
    return client


def queued_templates(session: Session) -> list[str]:
    """The text messages that are waiting to be sent, by template, oldest first."""
    return list(session.scalars(select(OutgoingMessage.template).order_by(OutgoingMessage.id)))


def page_of(response: TestResponse) -> Any:
    """The page as a tree of elements without namespaces."""
    tree, _ = parsed(response.get_data(as_text=True))
    return tree


def words_of(response: TestResponse) -> str:
    """Everything that the page's main part says."""
    main = page_of(response).find(".//main")
    return " ".join(" ".join(main.itertext()).split())


def repository_file(name: str) -> Path:
    """A file of the repository."""
    return Path(__file__).parents[2] / name
