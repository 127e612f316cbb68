"""The families of seniors: who is known of them, what they may do for whom, and whose phone gets what.

Only tables and readers; how a right begins and ends is in `services.delegation`, which is above messages and sign-in.
"""

from services.family.members import (
    FamilyMember,
    family_member_of,
    find_family_member,
    get_family_member,
    name_family_member,
    phone_of_family_member,
    register_family_member,
    relation_of,
)
from services.family.reached import Reached, reached_for
from services.family.states import DelegationState, EndReason, Relation

__all__ = [
    "DelegationState",
    "EndReason",
    "FamilyMember",
    "Reached",
    "Relation",
    "family_member_of",
    "find_family_member",
    "get_family_member",
    "name_family_member",
    "phone_of_family_member",
    "reached_for",
    "register_family_member",
    "relation_of",
]
