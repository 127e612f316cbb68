"""One database session a request: opened when first asked for, committed once after a good answer.

An answer of 200 to 399 commits; any other rolls back. Views that must keep what they wrote although the person made a
mistake (a wrong sign-in code is counted) therefore answer with a redirect.
"""

from __future__ import annotations

from flask import Flask, Response, g
from sqlalchemy.orm import Session

from webapp.site import this_site


def install(app: Flask) -> None:
    """End each request's transaction."""
    app.after_request(_commit_or_roll_back)
    app.teardown_request(_close)


def database_session() -> Session:
    """This request's session."""
    if "database_session" not in g:
        g.database_session = this_site().database.sessions()
    session: Session = g.database_session
    return session


def end_transaction() -> None:
    """Commit and give the connection back before the request is over, for a request that may last an hour."""
    session: Session | None = g.pop("database_session", None)
    if session is not None:
        with session:
            session.commit()


def _commit_or_roll_back(response: Response) -> Response:
    session: Session | None = g.get("database_session")
    if session is not None:
        if response.status_code < 400:
            session.commit()
        else:
            session.rollback()
    return response


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("database_session", None)
    if session is not None:
        session.close()
