"""The skills by intent. A new capability adds its skills here and its sentences to `voice/understanding/zh/`."""

from __future__ import annotations

from collections.abc import Mapping

from voice.skills.meals import BookMeal, CancelMeal, ListBookings
from voice.skills.skill import Skill

SKILLS: Mapping[str, Skill] = {skill.intent: skill for skill in (BookMeal(), CancelMeal(), ListBookings())}
