"""Accounts of community workers and operators: password, code of an authenticator, sessions on the server.

Everybody signs in with both (docs/decisions/060). What each may do is in `services.actor`.
"""

from services.staff.accounts import (
    LoginNameWrong,
    NewStaff,
    StaffMember,
    WorkplaceWrong,
    add_staff,
    home_address_of,
    list_staff,
    members_of,
    names_of_staff,
    reset_staff,
)
from services.staff.enrolment import Enrolled, Enrolment, enrol_staff, enrolment_of
from services.staff.own_sessions import OpenStaffSession, end_other_own_sessions, list_own_sessions
from services.staff.passwords import LEAST_CHARACTERS, PasswordTooWeak
from services.staff.sessions import (
    CodeOutcome,
    PasswordCheck,
    PasswordOutcome,
    StaffCodeCheck,
    forget_old,
    prove_staff,
    sign_in_staff,
    sign_out_staff,
    signed_in_staff,
)

__all__ = [
    "LEAST_CHARACTERS",
    "CodeOutcome",
    "Enrolled",
    "Enrolment",
    "LoginNameWrong",
    "NewStaff",
    "OpenStaffSession",
    "PasswordCheck",
    "PasswordOutcome",
    "PasswordTooWeak",
    "StaffCodeCheck",
    "StaffMember",
    "WorkplaceWrong",
    "add_staff",
    "end_other_own_sessions",
    "enrol_staff",
    "enrolment_of",
    "forget_old",
    "home_address_of",
    "list_own_sessions",
    "list_staff",
    "members_of",
    "names_of_staff",
    "prove_staff",
    "reset_staff",
    "sign_in_staff",
    "sign_out_staff",
    "signed_in_staff",
]
