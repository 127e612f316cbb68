"""What the offices of the simulated city send: extracts of the household, the funeral and the card register, and the
proofs of life of social insurance, in the same files as in any other city."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from io import BytesIO, StringIO

from services.simulation.people import PLACES, Resident, Story

HOUSEHOLD, DEATHS, ACCOUNTS = "household", "deaths", "accounts"
Row = dict[str, str]


def extract(kind: str, rows: Iterable[Row], day: date) -> BytesIO:
    """An extract of a register as of a day."""
    return _file(f"#registry={kind},source=simulated,extract_on={day}", list(rows))


def proofs(residents: Iterable[Resident], day: date) -> BytesIO:
    """Whom social insurance has seen alive on a day."""
    rows = [
        {"id_number": each.id_number, "name": each.name, "evidence": "pension_certification", "seen_on": str(day)}
        for each in residents
    ]
    return _file(f"#certification=proofs,source=social_insurance,as_of={day}", rows)


def changes_on(resident: Resident, day: date) -> list[tuple[str, Row]]:
    """What the registers learn of her on a day."""
    life = resident.happens
    changes = []
    if day in (life.move_known_on, life.back_known_on, life.correction_known_on):
        changes.append((HOUSEHOLD, household_row(resident, day)))
    if day == life.death_known_on:
        died_on = life.died_on or day - timedelta(days=3)
        changes.append((DEATHS, {"id_number": resident.id_number, "name": resident.name, "died_on": str(died_on)}))
    if day == life.card_from:
        changes.append((ACCOUNTS, account_row(resident)))
    return changes


def days_of_change(resident: Resident) -> set[date]:
    """The days on which the registers learn something of her."""
    life = resident.happens
    days = (
        life.move_known_on,
        life.back_known_on,
        life.correction_known_on,
        life.death_known_on,
        life.card_from,
    )
    return {day for day in days if day is not None}


def household_row(resident: Resident, day: date) -> Row:
    """Where she is registered, as known on a day."""
    life = resident.happens
    district, street, community = resident.place
    row = {
        "id_number": resident.id_number,
        "name": resident.name,
        "sex": resident.sex,
        "birth_on": str(known_birth(resident, day)),
        "hukou": "shenzhen",
        "hukou_district": district,
        "hukou_changed_on": "",
        "resident": "yes",
        "district": district,
        "street": street,
        "community": community,
        "address": f"{community}路{resident.number}号(模拟)",
        "phone": resident.phone,
    }
    if life.back_known_on and day >= life.back_known_on:
        row |= {"hukou_district": next_district(resident), "hukou_changed_on": str(life.back_on)}
    elif life.move_known_on and day >= life.move_known_on:
        row |= {"hukou_changed_on": str(life.moved_on)}
        if resident.story is Story.MOVES_WITHIN:
            row |= {"hukou_district": next_district(resident)}
        else:
            row |= {"hukou": "elsewhere", "hukou_district": ""}
    return row


def account_row(resident: Resident) -> Row:
    """Her card."""
    return {
        "id_number": resident.id_number,
        "name": resident.name,
        "has_card": "yes",
        "card_last_four": f"{resident.number % 10000:04}",
        "card_holder_matches": "yes",
    }


def known_birth(resident: Resident, day: date) -> date:
    """Her day of birth as the register has it on a day."""
    life = resident.happens
    if life.birth_corrected_to and life.correction_known_on and day >= life.correction_known_on:
        return life.birth_corrected_to
    return resident.born_on


def next_district(resident: Resident) -> str:
    """Where she moves within the city."""
    return PLACES[(PLACES.index(resident.place) + 1) % len(PLACES)][0]


def _file(heading: str, rows: list[Row]) -> BytesIO:
    text = StringIO(newline="")
    text.write(f"{heading}\n")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return BytesIO(text.getvalue().encode())
