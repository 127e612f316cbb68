"""The skills by intent. A new capability adds its skills here and its sentences to `voice/understanding/zh/`."""

from __future__ import annotations

from collections.abc import Mapping

from voice.skills.applications import ConfirmApplication, DeclineApplication
from voice.skills.benefits import ApplicationStatus, CheckBenefits, CheckPayment
from voice.skills.certification import Certify
from voice.skills.meals import BookMeal, CancelMeal, ListBookings
from voice.skills.people_who_help import CallStaff
from voice.skills.skill import Skill

_ALL: tuple[Skill, ...] = (
    BookMeal(),
    CancelMeal(),
    ListBookings(),
    CheckBenefits(),
    CheckPayment(),
    ApplicationStatus(),
    ConfirmApplication(),
    DeclineApplication(),
    Certify(),
    CallStaff(),
)
SKILLS: Mapping[str, Skill] = {skill.intent: skill for skill in _ALL}
