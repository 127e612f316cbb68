"""For whom the pages are: addresses below /for/<delegation> are those of a senior whom the signed-in family member acts
for, addresses below /desk/<person> those of a senior whom a worker assists at the desk, and every other is one's own.

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

ACTING_BY, ASSISTED, OUTSIDE = "yinian.acting_by", "yinian.assisted", "yinian.outside"
BEGINNING = re.compile("/(for|desk)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?=/|$)")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def below_delegations(site: Wsgi) -> Wsgi:
    """The site, with the beginning of an address that says for whom it is put where Flask makes links from."""

    def with_beginning(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if match := BEGINNING.match(path):
            environ[OUTSIDE] = environ.get("SCRIPT_NAME", "")
            environ[ACTING_BY if match[1] == "for" else ASSISTED] = UUID(match[2])
            environ["SCRIPT_NAME"] = environ[OUTSIDE] + match[0]
            environ["PATH_INFO"] = path[match.end() :] or "/"
        return site(environ, start_response)

    return with_beginning


def acting_by() -> UUID | None:
    """The delegation in this request's address; None where nobody acts by one."""
    found: UUID | None = request.environ.get(ACTING_BY)
    return found


def assisted() -> UUID | None:
    """The senior in this request's address whom a worker assists; None where there is none."""
    found: UUID | None = request.environ.get(ASSISTED)
    return found


def is_for_somebody() -> bool:
    """Whether the pages are those of somebody else."""
    return acting_by() is not None or assisted() is not None


def begins_at_desk(person_id: UUID) -> str:
    """The first page of a senior whom a worker assists."""
    return f"{request.environ.get(OUTSIDE, request.script_root)}/desk/{person_id}/"


def own_address(address: str) -> str:
    """An address as it is outside of acting for somebody."""
    if not is_for_somebody():
        return address
    outside: str = request.environ[OUTSIDE]
    return outside + address.removeprefix(request.script_root)
