"""What somebody must eat and must not eat: her own marks, and what a menu means for her.

She sets the marks herself, they warn her and forbid nothing; the kitchen sees them beside her meals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services import audit, people
from services.actor import Actor, Capability
from services.database.tables import new_id
from services.meals.tables import DietaryMarksRow

Kind = TypeVar("Kind", bound=StrEnum)


class Diet(StrEnum):
    """How a meal is cooked: 软食, 低盐."""

    SOFT_FOOD = "soft_food"
    LOW_SALT = "low_salt"


class Allergen(StrEnum):
    """花生, 海鲜, 鸡蛋."""

    PEANUT = "peanut"
    SEAFOOD = "seafood"
    EGG = "egg"


@dataclass(frozen=True)
class DietWarnings:
    """What speaks against a menu for her: what is in it that she must not eat, and how it is not cooked although she
    needs it so. Empty and false where nothing does."""

    contains: tuple[Allergen, ...] = ()
    not_cooked: tuple[Diet, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.contains or self.not_cooked)


NO_WARNINGS = DietWarnings()


@dataclass(frozen=True)
class DietaryMarks:
    """What she asked the kitchens to mind. `set_at` is None where she has not said anything yet."""

    diets: tuple[Diet, ...] = ()
    allergies: tuple[Allergen, ...] = ()
    set_at: datetime | None = None

    def warnings(self, diets: Collection[Diet], contains: Collection[Allergen]) -> DietWarnings:
        """What speaks for her against a meal that can be had like this and contains this.

        >>> DietaryMarks((Diet.SOFT_FOOD,), (Allergen.EGG,)).warnings((Diet.LOW_SALT,), (Allergen.EGG,)).contains
        (<Allergen.EGG: 'egg'>,)
        """
        return DietWarnings(
            tuple(each for each in self.allergies if each in contains),
            tuple(each for each in self.diets if each not in diets),
        )


NO_MARKS = DietaryMarks()


def get_dietary_marks(session: Session, actor: Actor, *, person_id: UUID) -> DietaryMarks:
    """Her marks. Raises NotAllowed."""
    people.require_for(session, actor, Capability.SEE_MEALS, person_id=person_id)
    return marks_of(session, person_id)


def set_dietary_marks(
    session: Session,
    actor: Actor,
    *,
    person_id: UUID,
    diets: Collection[Diet],
    allergies: Collection[Allergen],
    now: datetime,
) -> DietaryMarks:
    """Put these marks in the place of her former ones. Raises NotAllowed."""
    people.require_for(session, actor, Capability.BOOK_MEALS, person_id=person_id)
    city = people.get_person(session, actor, person_id=person_id).city
    marks = DietaryMarks(_in_order(Diet, diets), _in_order(Allergen, allergies), now)
    said = {"diets": list(marks.diets), "allergies": list(marks.allergies), "set_at": now}
    session.execute(
        insert(DietaryMarksRow)
        .values(id=new_id(), city=city, person_id=person_id, **said)
        .on_conflict_do_update(index_elements=["person_id"], set_=said)
    )
    # What she must not eat is about her health, so the record says only that she set it.
    audit.record(session, actor, "dietary_marks_set", city=city, person_id=person_id, subject_id=None, now=now)
    session.flush()
    return marks


def marks_of(session: Session, person_id: UUID) -> DietaryMarks:
    """Her marks, for other parts of this capability, which have checked the right."""
    return marks_of_many(session, [person_id]).get(person_id, NO_MARKS)


def marks_of_many(session: Session, person_ids: Iterable[UUID]) -> dict[UUID, DietaryMarks]:
    """The same for several people; who never said anything is absent."""
    rows = session.execute(
        select(
            DietaryMarksRow.person_id, DietaryMarksRow.diets, DietaryMarksRow.allergies, DietaryMarksRow.set_at
        ).where(DietaryMarksRow.person_id.in_(set(person_ids)))
    )
    return {
        person_id: DietaryMarks(tuple(map(Diet, diets)), tuple(map(Allergen, allergies)), set_at)
        for person_id, diets, allergies, set_at in rows
    }


def _in_order(kind: type[Kind], chosen: Collection[Kind]) -> tuple[Kind, ...]:
    return tuple(each for each in kind if each in chosen)
