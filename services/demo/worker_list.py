"""What waits for the demonstration's community worker at first sight: one matter of each kind, and each came about as
in any city, by the use cases that registers, texts and the clock set going.

The people are fictional and live in 翠竹, where 刘工 works. Two of them are of the cast, since they are paid for long.
"""

from __future__ import annotations

import csv
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services import inbox
from services.actor import Actor, Channel
from services.allowances import agree_to_offer, check_applications, open_offers, propose_stops, screen
from services.allowances.deadlines import end_offers, remind
from services.allowances.months import month_of, months_later
from services.certification import NothingToCertify, ask_for_visit
from services.clock import local_day, local_moment
from services.demo.allowances import let_arrive
from services.demo.people import TO_BE_VISITED, WHO_DIED, demo_id_number, years_before
from services.demo.phone import GATEWAY, OUR_NUMBER
from services.inbox.tables import IncomingMessageRow
from services.people import ID_NUMBER, Hukou, IncomeClass, NewPerson, Person, PersonRow, add_person, find_people_by_name
from services.registry import import_extract
from services.sealing import vault_of

SYSTEM = Actor.system(Channel.COMMAND_LINE)
# In ID numbers and cards after the neighbours, whose phones come before these; nobody plays them.
FIRST_PLACE, FIRST_PHONE = 200, 15400020001
SILENT, UNCLEAR, WITHOUT_CARD, DOUBTFUL = "何润珍", "曾惠芳", "谢金水", "罗淑贞"
DISTRICT, STREET, COMMUNITY = "罗湖区", "翠竹", "翠竹"
ADDRESS = "罗湖区翠竹街道翠竹社区{}栋202(示例)"
# Neither a yes nor a no, and no question that a text could answer.
UNCLEAR_TEXTS = ("今天去了医院", "上次那个还没到")
DIED_AGO, ASKED_AGO = timedelta(days=12), timedelta(days=2)
SOON, OFFER_OPEN_MONTHS = timedelta(days=30), 3


def prepare_worker_list(session: Session, *, city: str, now: datetime) -> None:
    """Add what is on the list, once. People and their cases must be there (`prepare_allowances`)."""
    if find_people_by_name(session, SYSTEM, name=SILENT) or not find_people_by_name(session, SYSTEM, name=WHO_DIED):
        # It is there, or the cast is that of an earlier version.
        return
    today = local_day(now)
    _let_one_offer_end_without_answer(session, city=city, today=today, now=now)
    _let_one_answer_unclearly_and_one_have_no_card(session, city=city, today=today, now=now)
    _let_registers_disagree(session, city=city, today=today, now=now)
    _let_a_death_be_reported(session, city=city, today=today, now=now)
    _let_one_ask_for_a_visit(session, today=today)
    let_arrive(session, before=now)


def _let_one_offer_end_without_answer(session: Session, *, city: str, today: date, now: datetime) -> None:
    """She turned 70 last month, was asked, reminded, and did not answer; the offer ended with the month."""
    birthday = months_later(month_of(today), -1) + timedelta(days=14)
    _add(session, 0, SILENT, "female", years_before(birthday, 70), city=city, now=now)
    asked_on = months_later(month_of(today), -OFFER_OPEN_MONTHS) + timedelta(days=4)
    screen(session, SYSTEM, city=city, as_of=asked_on, now=_morning_of(asked_on))
    remind(session, SYSTEM, now=_morning_of(birthday))
    end_offers(session, SYSTEM, now=min(_morning_of(month_of(today)), now))


def _let_one_answer_unclearly_and_one_have_no_card(session: Session, *, city: str, today: date, now: datetime) -> None:
    """Both turn 70 soon and were asked. One writes what nobody understands, twice; the other one agrees."""
    _add(session, 1, UNCLEAR, "female", years_before(today + SOON, 70), city=city, now=now)
    without = _add(session, 2, WITHOUT_CARD, "male", years_before(today + SOON, 70), city=city, now=now, has_card=False)
    asked_on = today - ASKED_AGO
    asked_at = _morning_of(asked_on)
    screen(session, SYSTEM, city=city, as_of=asked_on, now=asked_at)
    for hours, text in enumerate(UNCLEAR_TEXTS, start=2):
        _text_us(session, str(FIRST_PHONE + 1), text, city=city, at=asked_at + timedelta(hours=hours))
    for offer in open_offers(session, SYSTEM, person_id=without.id):
        herself = Actor.senior(without.id, Channel.SCREEN)
        agree_to_offer(session, herself, case_id=offer.id, now=asked_at + timedelta(hours=4))
    check_applications(session, SYSTEM, now=asked_at + timedelta(hours=5))


def _let_registers_disagree(session: Session, *, city: str, today: date, now: datetime) -> None:
    """The household register has two digits of her birthday the wrong way round."""
    born = date(today.year - 69, 3, 12)
    row = {
        "id_number": demo_id_number(born, "female", FIRST_PLACE + 3),
        "name": DOUBTFUL,
        "sex": "female",
        "birth_on": str(born.replace(day=21)),
        "hukou": "shenzhen",
        "hukou_district": DISTRICT,
        "resident": "yes",
        "district": DISTRICT,
        "street": STREET,
        "community": COMMUNITY,
        "address": ADDRESS.format(4),
        "phone": str(FIRST_PHONE + 3),
    }
    day = today - ASKED_AGO
    _import(session, "household", row, day, city=city)
    # A register knows of no demonstration.
    session.execute(update(PersonRow).where(PersonRow.name == DOUBTFUL).values(is_demonstration=True))


def _let_a_death_be_reported(session: Session, *, city: str, today: date, now: datetime) -> None:
    """He was paid for long; the funeral register knows of his death, and somebody has to decide about the payment."""
    person, day = _of_the_cast(session, WHO_DIED), today - ASKED_AGO
    id_number = vault_of(session).open(person.id_number_sealed, context=ID_NUMBER)
    row = {"id_number": id_number, "name": person.name, "died_on": str(today - DIED_AGO)}
    _import(session, "deaths", row, day, city=city)
    propose_stops(session, SYSTEM, now=_morning_of(day))


def _let_one_ask_for_a_visit(session: Session, *, today: date) -> None:
    """She cannot say four digits to a tablet and asks that somebody comes. Between two windows there is no need to."""
    person = _of_the_cast(session, TO_BE_VISITED)
    with suppress(NothingToCertify):
        ask_for_visit(session, SYSTEM, person_id=person.id, now=_morning_of(today - ASKED_AGO))


def _add(
    session: Session,
    place: int,
    name: str,
    sex: str,
    birth_on: date,
    *,
    city: str,
    now: datetime,
    has_card: bool = True,
) -> Person:
    card: dict[str, Any] = {"has_card": has_card}
    if has_card:
        card |= {"card_last_four": f"{9000 + FIRST_PLACE + place}", "card_holder_matches": True}
    new = NewPerson(
        name=name,
        sex=sex,
        birth_on=birth_on,
        id_number=demo_id_number(birth_on, sex, FIRST_PLACE + place),
        phone=str(FIRST_PHONE + place),
        address=ADDRESS.format(place + 1),
        hukou=Hukou.SHENZHEN,
        hukou_district=DISTRICT,
        district=DISTRICT,
        street=STREET,
        community=COMMUNITY,
        income_class=IncomeClass.NONE,
        special_care=False,
        bereaved_single_child_family=False,
        lives_alone=False,
        resident=True,
        three_withouts=False,
        is_demonstration=True,
        **card,
    )
    return add_person(session, SYSTEM, new, city=city, now=now)


def _text_us(session: Session, phone: str, text: str, *, city: str, at: datetime) -> None:
    """A text message comes from a phone and is read at once."""
    message_id = f"demo-{phone}-{at:%m%d%H}"
    inbox.receive(
        session,
        city=city,
        gateway=GATEWAY,
        gateway_message_id=message_id,
        phone=phone,
        text=text,
        to=OUR_NUMBER,
        received_at=at,
    )
    stored = select(IncomingMessageRow.id).where(
        IncomingMessageRow.gateway == GATEWAY, IncomingMessageRow.gateway_message_id == message_id
    )
    inbox.handle(session, session.scalars(stored).one(), now=at)


def _of_the_cast(session: Session, name: str) -> PersonRow:
    named = select(PersonRow).where(PersonRow.is_demonstration, PersonRow.name == name)
    return session.scalars(named.order_by(PersonRow.id).limit(1)).one()


def _import(session: Session, kind: str, row: dict[str, str], day: date, *, city: str) -> None:
    """Take in an extract with one row, as an office would send it."""
    text = StringIO(newline="")
    text.write(f"#registry={kind},source=示例,extract_on={day}\n")
    writer = csv.DictWriter(text, list(row), lineterminator="\n")
    writer.writeheader()
    writer.writerow(row)
    file = BytesIO(text.getvalue().encode())
    import_extract(session, SYSTEM, file, city=city, now=_morning_of(day), confirmed=True)
    # It changes people in the database; elsewhere that is another transaction.
    session.expire_all()


def _morning_of(day: date) -> datetime:
    return local_moment(day, time(10))
