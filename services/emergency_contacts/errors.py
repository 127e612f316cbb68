"""Why somebody cannot be noted as an emergency contact."""

from __future__ import annotations

from services.actor import NotAllowed
from services.errors import ServiceError


class ContactUnknown(NotAllowed):
    """There is no such contact, or it is not for this actor to know."""

    code = "contact_unknown"


class ContactIsHerself(ServiceError):
    """The number is the senior's own: nobody else would be told."""

    code = "contact_is_herself"


class TooManyContacts(ServiceError):
    """She has `most` already."""

    code = "too_many_contacts"
