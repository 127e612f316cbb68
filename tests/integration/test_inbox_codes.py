"""Codes over the whole life of what they were given for: offered by screening, answered by text, answered otherwise."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import allowances
from services.allowances import AllowanceCase, CaseState
from services.allowances.offer_codes import CODES
from services.inbox import HandledAs, handle, receive
from services.inbox.tables import IncomingMessageRow
from services.messages import OutgoingMessage
from services.messages.tables import VARIABLES
from services.people import Person
from services.sealing import vault_of
from tests.allowances import (
    CITY,
    NOW,
    SYSTEM,
    TODAY,
    case_of,
    learn,
    phone_columns,
    screened,
    senior,
    tasks_about,
    texts_to,
)

SHARED = "15400007788"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
numbers = count(1)


def writes(session: Session, words: str, *, at: datetime) -> HandledAs:
    """Somebody with the shared phone writes, and it is read at once."""
    message_id = f"code-{next(numbers)}"
    receive(
        session,
        city=CITY,
        gateway="test",
        gateway_message_id=message_id,
        phone=SHARED,
        text=words,
        to="10690000",
        received_at=at,
    )
    row = session.scalars(select(IncomingMessageRow).where(IncomingMessageRow.gateway_message_id == message_id)).one()
    return handle(session, row.id, now=at)


@pytest.fixture
def couple(session: Session) -> tuple[Person, Person]:
    """Two who share a phone, each with an open offer of a code of its own."""
    her, him = senior(session, phone=SHARED), senior(session, name="林国华", phone=SHARED)
    screened(session)
    return her, him


def open_case(session: Session, person: Person) -> tuple[AllowanceCase, str]:
    """Her newest case, and the code that it was offered with."""
    case = case_of(session, person)
    assert case.code is not None
    return case, case.code


def test_a_no_with_the_code_after_a_yes_with_it_is_a_withdrawal(
    session: Session, couple: tuple[Person, Person]
) -> None:
    her, him = couple
    _, code = open_case(session, her)
    assert writes(session, f"同意{code}", at=NOW) is HandledAs.AGREED
    assert writes(session, f"不同意{code}", at=NOW + MINUTE) is HandledAs.WITHDRAWAL_ASKED
    assert tasks_about(session, her).keys() == {"stop_decision"}
    assert case_of(session, him).state is CaseState.OFFERED


def test_the_code_still_means_her_once_it_is_paid(session: Session, couple: tuple[Person, Person]) -> None:
    her, _ = couple
    _, code = open_case(session, her)
    writes(session, f"同意{code}", at=NOW)
    allowances.check_applications(session, SYSTEM, now=NOW + DAY)
    assert case_of(session, her).state is CaseState.ACTIVE
    assert writes(session, f"不同意{code}", at=NOW + 2 * DAY) is HandledAs.WITHDRAWAL_ASKED
    assert case_of(session, her).stop_reason == "withdrawn"


def test_a_yes_with_the_code_after_a_no_with_it_is_an_application(
    session: Session, couple: tuple[Person, Person]
) -> None:
    her, him = couple
    _, code = open_case(session, her)
    assert writes(session, f"不同意{code}", at=NOW) is HandledAs.DECLINED
    assert writes(session, f"同意{code}", at=NOW + MINUTE) is HandledAs.AGREED
    assert case_of(session, her).state is CaseState.APPLIED
    assert case_of(session, him).state is CaseState.OFFERED
    # And once more the other way: the application has the code of the offer that it came from.
    assert writes(session, f"不同意{code}", at=NOW + 2 * MINUTE) is HandledAs.WITHDRAWAL_ASKED
    assert case_of(session, her).stop_reason == "withdrawn"


def test_the_same_answer_with_its_code_again_changes_nothing(session: Session, couple: tuple[Person, Person]) -> None:
    her, him = couple
    (_, hers), (_, his) = open_case(session, her), open_case(session, him)
    writes(session, f"同意{hers}", at=NOW)
    writes(session, f"不同意{his}", at=NOW)
    assert writes(session, f"同意{hers}", at=NOW + MINUTE) is HandledAs.ALREADY_ANSWERED
    assert writes(session, f"不同意{his}", at=NOW + MINUTE) is HandledAs.ALREADY_ANSWERED
    assert not tasks_about(session, her)
    assert not tasks_about(session, him)


def test_a_late_yes_with_its_code_is_kept_for_a_worker(session: Session, couple: tuple[Person, Person]) -> None:
    her, _ = couple
    case, code = open_case(session, her)
    assert case.offer_ends_on is not None
    late = NOW + (case.offer_ends_on - TODAY) + DAY
    allowances.end_offers(session, SYSTEM, now=late)
    assert writes(session, f"同意{code}", at=late) is HandledAs.AGREED_LATE
    assert "late_reply" in tasks_about(session, her)


@pytest.mark.parametrize("how", ["screened", "renewed"])
def test_a_code_is_not_given_anew_while_somebody_at_the_phone_can_still_be_meant_by_it(
    session: Session, how: str
) -> None:
    her = senior(session, phone=SHARED)
    screened(session)
    _, code = open_case(session, her)
    writes(session, "同意", at=NOW)
    # All codes but one belong to people who agreed: by chance it would hardly ever be the free one.
    others = [senior(session, phone=SHARED) for _ in CODES[2:]]
    screened(session)
    offers = [open_case(session, other) for other in others]
    for case, _ in offers:
        allowances.agree_to_offer(session, SYSTEM, case_id=case.id, now=NOW)
    (free,) = {str(each) for each in CODES} - {code} - {taken for _, taken in offers}
    him = senior(session, name="林国华", phone=SHARED if how == "screened" else None)
    screened(session)
    if how == "renewed":
        learn(session, him, **phone_columns(session, her))
        allowances.renew_offers(session, SYSTEM, now=NOW + DAY)
    assert case_of(session, him).code == free
    assert writes(session, f"不同意{code}", at=NOW + 2 * DAY) is HandledAs.WITHDRAWAL_ASKED
    assert case_of(session, him).state is CaseState.OFFERED


@pytest.mark.parametrize("answered", ["同意", "不同意"])
def test_a_text_after_somebody_else_answered_there_names_the_code_that_the_answer_needs(
    session: Session, answered: str
) -> None:
    him = senior(session, phone=SHARED, name="林国华", born=date(1950, 1, 1))
    screened(session)
    assert texts_to(session, him) == ["allowance_offer"]
    writes(session, answered, at=NOW + DAY)
    her = senior(session, phone=SHARED)
    screened(session, now=NOW + 7 * DAY)
    _, code = open_case(session, her)
    assert texts_to(session, her) == ["allowance_offer_shared"]
    # A bare word could be his again: that is asked about, as before.
    assert writes(session, "同意", at=NOW + 8 * DAY) is HandledAs.ASKED_WHICH
    ends_on = case_of(session, her).offer_ends_on
    assert ends_on is not None
    allowances.remind(session, SYSTEM, now=NOW + (ends_on - TODAY) - DAY)
    assert variables_of_last_text(session, her)["code"] == code
    assert writes(session, f"同意{code}", at=NOW + 9 * DAY) is HandledAs.AGREED


def test_once_the_other_offer_is_over_a_plain_word_is_enough_again(session: Session) -> None:
    him = senior(session, phone=SHARED, name="林国华", born=date(1950, 1, 1))
    screened(session)
    case, _ = open_case(session, him)
    writes(session, "同意", at=NOW + DAY)
    assert case.offer_ends_on is not None
    later = NOW + (case.offer_ends_on - TODAY) + DAY
    her = senior(session, phone=SHARED, born=date(1957, 4, 1))
    screened(session, now=later, as_of=later.date())
    assert texts_to(session, her) == ["allowance_offer"]
    assert writes(session, "同意", at=later + DAY) is HandledAs.AGREED
    assert case_of(session, her).state is CaseState.APPLIED


def variables_of_last_text(session: Session, person: Person) -> dict[str, str]:
    """What the newest text to her was filled in with."""
    sealed = session.scalars(
        select(OutgoingMessage.variables_sealed)
        .where(OutgoingMessage.person_id == person.id)
        .order_by(OutgoingMessage.queued_at.desc(), OutgoingMessage.id.desc())
        .limit(1)
    ).one()
    filled: dict[str, str] = json.loads(vault_of(session).open(sealed, context=VARIABLES))
    return filled
