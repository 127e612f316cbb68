"""The skills by intent. A new capability adds its skills here and its sentences to `voice/understanding/zh/`."""

from __future__ import annotations

from collections.abc import Mapping

from voice.skills.after_visits import Complain, RateVisit
from voice.skills.applications import ConfirmApplication, DeclineApplication
from voice.skills.benefits import ApplicationStatus, CheckBenefits, CheckPayment
from voice.skills.bookings import ListBookings
from voice.skills.cancelling import CancelBooking, CancelMeal, CancelService
from voice.skills.canteens import FindCanteen
from voice.skills.certification import Certify
from voice.skills.changing import ChangeBooking
from voice.skills.community import CommunityActivities, Weather
from voice.skills.delegates import AddDelegate, RemoveDelegate
from voice.skills.meal_complaints import ComplainAboutMeal
from voice.skills.meal_lines import JoinLine
from voice.skills.meal_weeks import BookDays, BookWeek, RepeatWeek
from voice.skills.meals import BookMeal
from voice.skills.new_prices import AgreeToPrice
from voice.skills.people_who_help import CallFamily, CallStaff
from voice.skills.prices import AskPrice, SeeVouchers
from voice.skills.skill import Skill
from voice.skills.standing_orders import EndStandingOrder, PlaceStandingOrder
from voice.skills.visits import BookService

_ALL: tuple[Skill, ...] = (
    BookMeal(),
    BookDays(),
    BookWeek(),
    RepeatWeek(),
    PlaceStandingOrder(),
    EndStandingOrder(),
    JoinLine(),
    BookService(),
    CancelMeal(),
    CancelService(),
    CancelBooking(),
    ChangeBooking(),
    ListBookings(),
    AskPrice(),
    SeeVouchers(),
    AgreeToPrice(),
    RateVisit(),
    Complain(),
    ComplainAboutMeal(),
    FindCanteen(),
    CheckBenefits(),
    CheckPayment(),
    ApplicationStatus(),
    ConfirmApplication(),
    DeclineApplication(),
    Certify(),
    CallStaff(),
    CallFamily(),
    AddDelegate(),
    RemoveDelegate(),
    CommunityActivities(),
    Weather(),
)
SKILLS: Mapping[str, Skill] = {skill.intent: skill for skill in _ALL}
