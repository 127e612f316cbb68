"""The adaptation of a home from the application to the payment of the firm: who may do what when, and what never
happens."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from services.actor import Actor, NotAllowed
from services.allowances.errors import NotEntitled, OnlyByPeople, ReasonMissing
from services.audit import AuditEntry
from services.database import Database, new_id, unit_of_work
from services.decisions import Choice, decide
from services.errors import ServiceError
from services.home_adaptation import (
    MOST_A_STAGE,
    AdaptationAppliedFor,
    AdaptationState,
    AdaptationStepNotPossible,
    AdaptationUnknown,
    AddressNotKnown,
    CostAboveQuote,
    EventKind,
    FirmUnknown,
    HomeAdaptedAlready,
    HouseholdAdaptedAlready,
    NeedsMissing,
    NewQuoteItem,
    NoteMissing,
    NotInHousehold,
    Owner,
    PaymentWrong,
    PhotoMissing,
    PhotoStage,
    QuoteChanged,
    QuoteExpired,
    QuoteWrong,
    TooManyPhotos,
    accept_work,
    adaptation_of_household,
    add_photo,
    agree_to_quote,
    apply_for_adaptation,
    assess_home,
    begin_work,
    decide_adaptation,
    events_of_adaptation,
    finish_work,
    get_adaptation,
    home_of,
    latest_adaptation,
    list_adaptations,
    list_firms,
    object_to_work,
    read_photo,
    record_owner_agreement,
    record_payment,
    record_quote,
    take_out_of_household,
    withdraw_adaptation,
)
from services.home_adaptation.household import MOST_IN_A_HOUSEHOLD
from services.people import Hukou, Person, PersonRow
from services.worker_tasks import TaskKind
from tests.adapting import ORDER, REASON, Case, applicant, firm, live_at, office_of, own_home, photo
from tests.allowances import CITY, NOW, SYSTEM, TODAY, herself, learn, senior, tasks_about, texts_to, worker

STRANGER = worker("景田", "福田区")


def apply(session: Session, person: object, **about: object) -> UUID:
    return apply_for_adaptation(  # type: ignore[arg-type]
        session, herself(person), person_id=person.id, owner=Owner.HERSELF, now=NOW, **about
    ).id


def test_from_the_application_to_the_payment_of_the_firm(session: Session) -> None:
    case = Case(session)
    assert set(tasks_about(session, case.her)) == {TaskKind.ADAPTATION_ASSESSMENT}
    quoted = case.to(AdaptationState.QUOTED).now
    assert set(tasks_about(session, case.her)) == set()
    assert quoted.quote is not None
    assert (quoted.quote.price_fen, quoted.quote.aids_fen) == (1_300_000, 400_000)
    # 9,000 of works and 3,000 of aids and devices are more than the cap of 10,000.
    assert (quoted.quote.subsidy_fen, quoted.quote.self_paid_fen) == (1_000_000, 300_000)
    case.to(AdaptationState.AGREED)
    assert set(tasks_about(session, case.her)) == {TaskKind.ADAPTATION_DECISION}
    case.to(AdaptationState.ACCEPTED)
    assert set(tasks_about(session, case.her)) == {TaskKind.ADAPTATION_PAYMENT}
    paid = case.to(AdaptationState.PAID).now
    assert set(tasks_about(session, case.her)) == set()
    assert (paid.subsidy_fen, paid.self_paid_fen, paid.paid_on) == (1_000_000, 300_000, TODAY)
    assert [event.kind for event in events_of_adaptation(session, herself(case.her), adaptation_id=case.id)] == [
        EventKind.APPLIED,
        EventKind.ASSESSED,
        EventKind.QUOTED,
        EventKind.AGREED,
        EventKind.APPROVED,
        EventKind.PHOTO_ADDED,
        EventKind.BEGUN,
        EventKind.PHOTO_ADDED,
        EventKind.FINISHED,
        EventKind.ACCEPTED,
        EventKind.PAID,
    ]
    assert texts_to(session, case.her) == [
        "adaptation_applied",
        "adaptation_assessed",
        "adaptation_quoted",
        "adaptation_approved",
        "adaptation_built",
        "adaptation_paid",
    ]


def test_what_costs_less_than_quoted_is_paid_as_it_cost(session: Session) -> None:
    case = Case(session).to(AdaptationState.BUILDING)
    for actual, aids in ((1_300_001, 400_000), (1_300_000, 400_001), (1_300_000, 300_000), (100, 200), (-1, 0)):
        with pytest.raises((CostAboveQuote, PhotoMissing)):
            finish_work(session, case.office, adaptation_id=case.id, actual_fen=actual, actual_aids_fen=aids, now=NOW)
    case.after_building(700_000, 100_000)
    assert (case.now.subsidy_fen, case.now.self_paid_fen) == (700_000, 0)


def test_whoever_the_rules_exclude_cannot_apply_and_missing_facts_keep_nobody_from_it(session: Session) -> None:
    young = senior(session, born=date(1960, 1, 1), ability_level=0, can_look_after_self=True)
    own_home(session, young)
    with pytest.raises(NotEntitled):
        apply(session, young)
    elsewhere = applicant(session, hukou=Hukou.ELSEWHERE)
    with pytest.raises(NotEntitled):
        apply(session, elsewhere)
    unknown = senior(session, born=date(1960, 1, 1))
    own_home(session, unknown)
    found = get_adaptation(session, SYSTEM, adaptation_id=apply(session, unknown))
    assert (found.cap_fen, set(found.facts_missing)) == (0, {"ability_level"})


def test_nobody_is_approved_before_what_is_missing_is_known(session: Session) -> None:
    case = Case(session)
    learn(session, case.her, birth_on=date(1960, 1, 1))
    case.to(AdaptationState.AGREED)
    with pytest.raises(NotEntitled) as refused:
        case.after_agreed()
    assert refused.value.facts["missing"] == ("ability_level",)
    assert case.now.state is AdaptationState.AGREED
    # Once it is known the firm quotes anew, by the cap that she has now.
    learn(session, case.her, ability_level=2)
    case.after_assessed()
    assert case.now.cap_fen == 1_000_000
    case.to(AdaptationState.APPROVED)


def test_in_a_district_with_rules_of_its_own_its_caps_count(session: Session) -> None:
    her = applicant(session, hukou_district="龙华区")
    own_home(session, her)
    found = get_adaptation(session, SYSTEM, adaptation_id=apply(session, her))
    assert (found.cap_fen, found.aids_cap_fen) == (1_200_000, None)


def test_each_home_once_however_its_address_is_written(session: Session) -> None:
    case = Case(session).to(AdaptationState.PAID)
    with pytest.raises(AdaptationAppliedFor) as refused:
        apply(session, case.her)
    assert refused.value.facts == {"adaptation_id": case.id}
    neighbour = applicant(session)
    sealed = session.scalars(select(PersonRow.address_sealed).where(PersonRow.id == case.her.id)).one()
    session.execute(update(PersonRow).where(PersonRow.id == neighbour.id).values(address_sealed=sealed))
    session.expire_all()
    with pytest.raises(HomeAdaptedAlready):
        apply(session, neighbour)
    someone = applicant(session, address_sealed=None)
    with pytest.raises(AddressNotKnown):
        apply(session, someone)
    apply(session, someone, address=" 水贝路 8-1 号(甲) ")
    with pytest.raises(HomeAdaptedAlready):
        apply(session, applicant(session, address_sealed=None), address="水贝路８－１号（甲）")


def test_a_home_that_was_refused_or_withdrawn_may_be_applied_for_again(session: Session) -> None:
    case = Case(session).to(AdaptationState.QUOTED)
    for _ in range(2):
        withdraw_adaptation(session, herself(case.her), adaptation_id=case.id, now=NOW)
    assert texts_to(session, case.her)[-1:] == ["adaptation_withdrawn"]
    again = apply(session, case.her)
    decide_adaptation(session, case.worker, adaptation_id=again, approve=False, reason="房子快拆了", now=NOW)
    assert tasks_about(session, case.her) == {}
    third = apply(session, case.her)
    newest = latest_adaptation(session, herself(case.her), person_id=case.her.id)
    assert newest is not None
    assert newest.id == third


def test_two_applications_for_one_home_at_one_moment_make_one_case(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        people = [applicant(session, address_sealed=None) for _ in range(4)]

    def try_it(person: object) -> str:
        try:
            with unit_of_work(own_database.sessions) as session:
                apply(session, person, address="水贝路一号")
        except HomeAdaptedAlready:
            return "refused"
        return "applied"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(try_it, people))
    assert sorted(outcomes) == ["applied", "refused", "refused", "refused"]


def couple(session: Session) -> tuple[Person, Person]:
    """Two who live at one address."""
    both = applicant(session), applicant(session)
    live_at(session, f"水贝路{new_id().hex[-8:]}号(示例)", *both)
    return both


def test_a_household_gets_one_adaptation_wherever_its_people_move(session: Session) -> None:
    she, he = couple(session)
    case_id = apply(session, she)
    assert adaptation_of_household(session, herself(he), person_id=he.id) == case_id
    with pytest.raises(HomeAdaptedAlready):
        apply(session, he)
    own_home(session, he)
    with pytest.raises(HouseholdAdaptedAlready):
        apply(session, he)
    withdraw_adaptation(session, herself(she), adaptation_id=case_id, now=NOW)
    assert adaptation_of_household(session, herself(he), person_id=he.id) is None
    apply(session, he)


def test_a_refused_case_counts_for_nobody(session: Session) -> None:
    she, he = couple(session)
    decide_adaptation(session, worker(), adaptation_id=apply(session, she), approve=False, reason=REASON, now=NOW)
    apply(session, he)
    with pytest.raises(HomeAdaptedAlready):
        apply(session, she)


def test_a_worker_takes_out_who_only_shares_the_address(session: Session) -> None:
    she, tenant = couple(session)
    case_id = apply(session, she)
    about = {"adaptation_id": case_id, "person_id": tenant.id, "now": NOW}
    with pytest.raises(NotAllowed):
        take_out_of_household(session, herself(tenant), words="不是一家人", **about)  # type: ignore[arg-type]
    with pytest.raises(NoteMissing):
        take_out_of_household(session, worker(), words=" ", **about)  # type: ignore[arg-type]
    with pytest.raises(NotInHousehold):
        take_out_of_household(session, worker(), words="x", **(about | {"person_id": she.id}))  # type: ignore[arg-type]
    found = take_out_of_household(session, worker(), words="上门看过，是房客", **about)  # type: ignore[arg-type]
    assert found.household == ()
    own_home(session, tenant)
    apply(session, tenant)


def test_where_very_many_share_an_address_she_counts_alone(session: Session) -> None:
    people = [applicant(session) for _ in range(MOST_IN_A_HOUSEHOLD + 1)]
    live_at(session, f"水贝路{new_id().hex[-8:]}号敬老院(示例)", *people)
    apply(session, people[0])
    assert adaptation_of_household(session, herself(people[1]), person_id=people[1].id) is None


def test_two_of_a_household_who_apply_at_one_moment_make_one_case(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        both = couple(session)

    def try_it(place: int) -> str:
        try:
            with unit_of_work(own_database.sessions) as session:
                # He by hand for another home: only the household stands in the way.
                own_row = session.get_one(PersonRow, both[place].id)
                if place == 1:
                    own_row.address_sealed = None
                    session.flush()
                apply(session, both[place], address="水贝路九号")
        except (HomeAdaptedAlready, HouseholdAdaptedAlready):
            return "refused"
        return "applied"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(try_it, range(2)))
    assert outcomes == ["applied", "refused"]


def test_a_worker_assesses_with_needs_and_a_firm_of_the_district(session: Session) -> None:
    case = Case(session)
    elsewhere = firm(session, None, "福田区")
    about = {"adaptation_id": case.id, "words": "", "now": NOW}
    for needs in ([], ["jacuzzi"], ["ramp", "ramp"]):
        with pytest.raises(NeedsMissing):
            assess_home(session, case.worker, needs=needs, firm_id=case.firm.id, **about)  # type: ignore[arg-type]
    for firm_id in (elsewhere.id, new_id()):
        with pytest.raises(FirmUnknown):
            assess_home(session, case.worker, needs=["ramp"], firm_id=firm_id, **about)  # type: ignore[arg-type]
    assert case.firm in list_firms(session, case.worker, city=CITY, district="罗湖区")
    assert elsewhere not in list_firms(session, case.worker, city=CITY, district="罗湖区")
    # Codes are kept in the order of the parameters.
    found = assess_home(session, case.worker, needs=["wheelchair", "ramp"], firm_id=case.firm.id, **about)  # type: ignore[arg-type]
    assert found.needs == ("ramp", "wheelchair")


def test_a_new_quote_or_assessment_undoes_what_was_agreed(session: Session) -> None:
    case = Case(session).to(AdaptationState.AGREED)
    case.after_assessed(NewQuoteItem("ramp", 1, 100_000))
    assert (case.now.state, case.now.agreed_at, case.now.owner_agreed_at) == (AdaptationState.QUOTED, None, None)
    assert tasks_about(session, case.her) == {}
    case.to(AdaptationState.AGREED)
    case.after_applied()
    assert (case.now.state, case.now.quote) == (AdaptationState.ASSESSED, None)


@pytest.mark.parametrize(
    "items",
    [
        [],
        [NewQuoteItem("jacuzzi", 1, 100)],
        [NewQuoteItem("ramp", 0, 100)],
        [NewQuoteItem("ramp", 1, -1)],
        [NewQuoteItem("ramp", 1, 100)] * 31,
        [NewQuoteItem("ramp", 99, 10_000_001)],
    ],
)
def test_a_quote_has_lines_that_can_be_meant(session: Session, items: list[NewQuoteItem]) -> None:
    case = Case(session).to(AdaptationState.ASSESSED)
    with pytest.raises(QuoteWrong):
        record_quote(session, case.office, adaptation_id=case.id, items=items, now=NOW)


def test_she_agrees_to_what_she_was_shown_and_in_time(session: Session) -> None:
    case = Case(session).to(AdaptationState.QUOTED)
    about = {"adaptation_id": case.id, "agreed_self_paid_fen": 300_000}
    with pytest.raises(QuoteChanged):
        agree_to_quote(session, herself(case.her), now=NOW, **(about | {"agreed_self_paid_fen": 0}))  # type: ignore[arg-type]
    with pytest.raises(QuoteExpired):
        agree_to_quote(session, herself(case.her), now=NOW + timedelta(days=31), **about)  # type: ignore[arg-type]
    for _ in range(2):
        agree_to_quote(session, herself(case.her), now=NOW + timedelta(days=30), **about)  # type: ignore[arg-type]
    assert case.now.state is AdaptationState.AGREED


def test_an_owner_who_is_not_she_agrees_on_paper(session: Session) -> None:
    case = Case(session, owner=Owner.LANDLORD).to(AdaptationState.QUOTED)
    case.after_quoted()
    assert case.now.state is AdaptationState.QUOTED
    with pytest.raises(NoteMissing):
        record_owner_agreement(session, case.worker, adaptation_id=case.id, words=" ", now=NOW)
    with pytest.raises(PhotoMissing):
        record_owner_agreement(session, case.worker, adaptation_id=case.id, words="房东签了字", now=NOW)
    case.add(PhotoStage.CONSENT)
    for _ in range(2):
        record_owner_agreement(session, case.worker, adaptation_id=case.id, words="房东签了字", now=NOW)
    assert case.now.state is AdaptationState.AGREED
    assert TaskKind.ADAPTATION_DECISION in tasks_about(session, case.her)


@pytest.mark.parametrize("choice", [Choice.APPROVE, Choice.REFUSE])
def test_a_worker_decides_the_task_with_a_reason(session: Session, choice: Choice) -> None:
    case = Case(session).to(AdaptationState.AGREED)
    task = tasks_about(session, case.her)[TaskKind.ADAPTATION_DECISION]
    with pytest.raises(ReasonMissing):
        decide(session, case.worker, task_id=task.id, choice=choice, reason=" ", now=NOW)
    done = decide(session, case.worker, task_id=task.id, choice=choice, reason=REASON, now=NOW)
    assert (done.decision, done.reason) == (choice.value, REASON)
    expected = AdaptationState.APPROVED if choice is Choice.APPROVE else AdaptationState.REFUSED
    assert case.now.state is expected


def test_the_firm_needs_photos_before_and_after(session: Session) -> None:
    case = Case(session).to(AdaptationState.APPROVED)
    with pytest.raises(PhotoMissing):
        begin_work(session, case.office, adaptation_id=case.id, now=NOW)
    assert case.now.state is AdaptationState.APPROVED
    case.after_approved()
    begin_work(session, case.office, adaptation_id=case.id, now=NOW)
    with pytest.raises(PhotoMissing):
        finish_work(session, case.office, adaptation_id=case.id, actual_fen=1, actual_aids_fen=0, now=NOW)
    assert case.now.state is AdaptationState.BUILDING


def test_photos_are_sealed_counted_and_for_those_whom_the_case_concerns(session: Session) -> None:
    case = Case(session).to(AdaptationState.APPROVED)
    for _ in range(MOST_A_STAGE):
        case.add(PhotoStage.BEFORE)
    with pytest.raises(TooManyPhotos):
        case.add(PhotoStage.BEFORE)
    # Each stage has its time, and the owner's paper is no business of the firm.
    for by, stage in ((case.office, PhotoStage.AFTER), (case.worker, PhotoStage.CONSENT)):
        with pytest.raises(AdaptationStepNotPossible):
            add_photo(session, by, adaptation_id=case.id, stage=stage, content=photo(), now=NOW)
    with pytest.raises(NotAllowed):
        add_photo(session, herself(case.her), adaptation_id=case.id, stage=PhotoStage.BEFORE, content=photo(), now=NOW)
    one = case.now.photos[0]
    stored = session.execute(text("SELECT image_sealed FROM adaptation_photos LIMIT 1")).scalar_one()
    assert b"\xff\xd8\xff" not in bytes(stored)
    for by in (herself(case.her), case.worker, case.office):
        assert read_photo(session, by, adaptation_id=case.id, photo_id=one.id).startswith(b"\xff\xd8\xff")
    with pytest.raises(NotAllowed):
        read_photo(session, STRANGER, adaptation_id=case.id, photo_id=one.id)
    with pytest.raises(AdaptationUnknown):
        read_photo(session, case.worker, adaptation_id=case.id, photo_id=new_id())


def test_what_she_finds_wrong_is_put_right_before_anybody_is_paid(session: Session) -> None:
    case = Case(session).to(AdaptationState.BUILT)
    with pytest.raises(NoteMissing):
        object_to_work(session, herself(case.her), adaptation_id=case.id, words=" ", now=NOW)
    object_to_work(session, herself(case.her), adaptation_id=case.id, words="扶手松动", now=NOW)
    assert case.now.state is AdaptationState.BUILDING
    with pytest.raises(AdaptationStepNotPossible):
        case.after_accepted()
    finish_work(session, case.office, adaptation_id=case.id, actual_fen=1_200_000, actual_aids_fen=300_000, now=NOW)
    assert case.now.subsidy_fen == 1_000_000
    case.to(AdaptationState.PAID)
    events = events_of_adaptation(session, case.office, adaptation_id=case.id)
    assert [event.note for event in events if event.kind is EventKind.OBJECTED] == ["扶手松动"]


def test_the_firm_is_paid_exactly_once_exactly_its_part(session: Session) -> None:
    case = Case(session).to(AdaptationState.ACCEPTED)
    accept_work(session, herself(case.her), adaptation_id=case.id, now=NOW)
    right = {"adaptation_id": case.id, "amount_fen": 1_000_000, "reference": "SZ-1", "paid_on": TODAY, "now": NOW}
    wrong = ({"amount_fen": 1_300_000}, {"amount_fen": 999_999}, {"reference": " "}, {"reference": "x" * 61},
             {"paid_on": TODAY + timedelta(days=1)}, {"paid_on": date.min})  # fmt: skip
    for change in wrong:
        with pytest.raises(PaymentWrong):
            record_payment(session, case.worker, **(right | change))  # type: ignore[arg-type]
    for _ in range(2):
        record_payment(session, case.worker, **right)  # type: ignore[arg-type]
    with pytest.raises(AdaptationStepNotPossible):
        record_payment(session, case.worker, **(right | {"reference": "SZ-2"}))  # type: ignore[arg-type]
    assert texts_to(session, case.her).count("adaptation_paid") == 1


# Every deed, with who may do it; each is tried in every state by everybody.
Deed = Callable[[Session, Actor, Case], object]
DEEDS: dict[str, tuple[str, Deed, set[AdaptationState]]] = {
    "assess": (
        "worker",
        lambda session, actor, case: assess_home(
            session, actor, adaptation_id=case.id, needs=["ramp"], firm_id=case.firm.id, words="", now=NOW
        ),
        {AdaptationState.APPLIED, AdaptationState.ASSESSED, AdaptationState.QUOTED, AdaptationState.AGREED},
    ),
    "quote": (
        "office",
        lambda session, actor, case: record_quote(
            session, actor, adaptation_id=case.id, items=[NewQuoteItem("ramp", 1, 100)], now=NOW
        ),
        {AdaptationState.ASSESSED, AdaptationState.QUOTED, AdaptationState.AGREED},
    ),
    "approve": (
        "worker",
        lambda session, actor, case: decide_adaptation(
            session, actor, adaptation_id=case.id, approve=True, reason=REASON, now=NOW
        ),
        {AdaptationState.AGREED},
    ),
    "refuse": (
        "worker",
        lambda session, actor, case: decide_adaptation(
            session, actor, adaptation_id=case.id, approve=False, reason=REASON, now=NOW
        ),
        {AdaptationState.APPLIED, AdaptationState.ASSESSED, AdaptationState.QUOTED, AdaptationState.AGREED},
    ),
    "finish": (
        "office",
        lambda session, actor, case: (
            case.add(PhotoStage.AFTER) if case.now.state is AdaptationState.BUILDING else None,
            finish_work(session, actor, adaptation_id=case.id, actual_fen=100, actual_aids_fen=0, now=NOW),
        ),
        {AdaptationState.BUILDING},
    ),
    "object": (
        "her",
        lambda session, actor, case: object_to_work(session, actor, adaptation_id=case.id, words="松动", now=NOW),
        {AdaptationState.BUILT},
    ),
    "pay": (
        "worker",
        lambda session, actor, case: record_payment(
            session, actor, adaptation_id=case.id, amount_fen=1_000_000, reference="SZ-9", paid_on=TODAY, now=NOW
        ),
        {AdaptationState.ACCEPTED},
    ),
}


@pytest.mark.parametrize("state", ORDER)
def test_every_deed_belongs_to_its_states_and_to_its_people(session: Session, state: AdaptationState) -> None:
    case = Case(session).to(state)
    actors = {
        "worker": case.worker,
        "office": case.office,
        "her": herself(case.her),
        "stranger": STRANGER,
        "other_office": office_of(session, firm(session)),
        "somebody": herself(senior(session)),
    }
    for name, (who, deed, states) in DEEDS.items():
        for actor_name, actor in actors.items():
            may = actor_name == who or (who == "her" and actor_name == "worker")
            with session.begin_nested() as point:
                try:
                    deed(session, actor, case)
                    done = True
                except (NotAllowed, OnlyByPeople, AdaptationStepNotPossible, ServiceError):
                    done = False
                point.rollback()
            session.expire_all()
            assert done == (may and state in states), (name, actor_name)


def test_a_worker_acts_with_her_and_her_name_stands_beside(session: Session) -> None:
    her = applicant(session)
    own_home(session, her)
    found = apply_for_adaptation(session, worker(), person_id=her.id, owner=Owner.FAMILY, now=NOW)
    (event,) = events_of_adaptation(session, worker(), adaptation_id=found.id)
    assert event.actor_kind == "community_worker"
    for actor in (STRANGER, herself(senior(session)), office_of(session, firm(session))):
        with pytest.raises(NotAllowed):
            apply_for_adaptation(session, actor, person_id=her.id, owner=Owner.HERSELF, now=NOW)


def test_a_list_is_of_ones_own_community_or_firm_and_what_is_under_way_stands_first(session: Session) -> None:
    over, under_way = Case(session).to(AdaptationState.PAID), Case(session).to(AdaptationState.QUOTED)
    of_worker = [each.id for each in list_adaptations(session, under_way.worker, city=CITY)]
    assert of_worker.index(under_way.id) < of_worker.index(over.id)
    assert list_adaptations(session, STRANGER, city=CITY) == ()
    assert [each.id for each in list_adaptations(session, under_way.office, city=CITY)] == [under_way.id]
    with pytest.raises(NotAllowed):
        list_adaptations(session, herself(over.her), city=CITY)


def test_where_the_home_is_learns_who_goes_there_and_each_look_is_recorded(session: Session) -> None:
    case = Case(session).to(AdaptationState.ASSESSED)
    home = home_of(session, case.office, adaptation_id=case.id, now=NOW)
    assert home is not None
    assert "水贝路" in home.address
    assert "水贝路" not in repr(home)
    read = select(AuditEntry).where(AuditEntry.deed == "adaptation_home_read")
    assert [entry.person_id for entry in session.scalars(read)] == [case.her.id]
    for actor in (STRANGER, office_of(session, firm(session)), herself(senior(session))):
        with pytest.raises(NotAllowed):
            home_of(session, actor, adaptation_id=case.id, now=NOW)
    case.to(AdaptationState.PAID)
    assert home_of(session, case.office, adaptation_id=case.id, now=NOW) is None


def test_the_record_of_deeds_holds_no_words_and_events_never_change(session: Session) -> None:
    case = Case(session).to(AdaptationState.PAID)
    deeds = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == case.id)).all()
    assert "浴室湿滑" not in str([entry.facts for entry in deeds])
    for statement in ("UPDATE adaptation_events SET note = ''", "DELETE FROM adaptation_events"):
        with pytest.raises(ProgrammingError, match="only"), session.begin_nested():
            session.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    ["subsidy_fen = cap_fen + 1", "self_paid_fen = 0", "actual_fen = quoted_fen + 1", "paid_on = NULL"],
)
def test_the_database_refuses_figures_that_do_not_add_up(session: Session, change: str) -> None:
    case = Case(session).to(AdaptationState.PAID)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(f"UPDATE adaptations SET {change} WHERE id = :id"), {"id": case.id})
