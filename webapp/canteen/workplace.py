"""Which canteen the signed-in person works at."""

from __future__ import annotations

from uuid import UUID

from webapp.access import current_staff


def canteen_id() -> UUID:
    """Her canteen. Only views for canteens may ask: everybody who may open them has one."""
    workplace_id = current_staff().workplace_id
    assert workplace_id is not None
    return workplace_id
