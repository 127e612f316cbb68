"""For whom the pages are: addresses below /for/<delegation> are those of a senior whom the signed-in family member acts
for, and every other address is one's own.

It stands in the address, and not in the sign-in, so that two open pages never mix two people up: what is pressed on a
page is done for whom that page names. A layer below Flask takes the beginning off, so every link of such a page leads
to the same senior again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from flask import request

ACTING_BY, OUTSIDE = "yinian.acting_by", "yinian.outside"
BEGINNING = re.compile("/for/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?=/|$)")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def below_delegations(site: Wsgi) -> Wsgi:
    """The site, with the beginning of an address that says for whom it is put where Flask makes links from."""

    def with_beginning(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if match := BEGINNING.match(path):
            environ[OUTSIDE] = environ.get("SCRIPT_NAME", "")
            environ[ACTING_BY] = UUID(match[1])
            environ["SCRIPT_NAME"] = environ[OUTSIDE] + match[0]
            environ["PATH_INFO"] = path[match.end() :] or "/"
        return site(environ, start_response)

    return with_beginning


def acting_by() -> UUID | None:
    """The delegation in this request's address; None where the pages are one's own."""
    found: UUID | None = request.environ.get(ACTING_BY)
    return found


def own_address(address: str) -> str:
    """An address as it is outside of acting for somebody."""
    if acting_by() is None:
        return address
    outside: str = request.environ[OUTSIDE]
    return outside + address.removeprefix(request.script_root)
