"""紧急联系人: who is told when a senior calls for help, and whom she can call.

Delegates with the scope `emergencies` are told first, then the contacts whom she or a worker of her community noted.
A contact gets messages and has no right to see anything (domain 6.1).
"""

from services.emergency_contacts.calling import (
    CallBack,
    CallBackOutcome,
    ask_community_to_call,
    ask_to_call_back,
)
from services.emergency_contacts.errors import ContactIsHerself, ContactUnknown, TooManyContacts
from services.emergency_contacts.listing import Contact, emergency_contacts_of, family_to_call, told_in_emergency
from services.emergency_contacts.noting import MOST_CONTACTS, note_contact, remove_contact

__all__ = [
    "MOST_CONTACTS",
    "CallBack",
    "CallBackOutcome",
    "Contact",
    "ContactIsHerself",
    "ContactUnknown",
    "TooManyContacts",
    "ask_community_to_call",
    "ask_to_call_back",
    "emergency_contacts_of",
    "family_to_call",
    "note_contact",
    "remove_contact",
    "told_in_emergency",
]
