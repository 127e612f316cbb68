"""Family who may act for a senior: asking, agreeing on each channel, acting, and every end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.actor import Actor, Capability, Channel, NotAllowed, Scope, TooSoonForThis, require
from services.allowances.errors import ReasonMissing
from services.audit import AuditEntry
from services.decisions import Choice, decide, decisions_for
from services.delegation import (
    DelegationFrozen,
    DelegationOver,
    DelegationStepNotPossible,
    DelegationUnknown,
    EvidenceMissing,
    FamilyNameMissing,
    NameOfSeniorMissing,
    NeedsWitness,
    NoScopes,
    NumberOfSeniorWrong,
    OwnPhone,
    TermWrong,
    TooManyRequests,
    act_for,
    agree_to_delegate,
    ask_to_act,
    call_off_request,
    confirm_invitation,
    decline_delegate,
    decline_invitation,
    deeds_for,
    delegates_of,
    end_due,
    extend_delegation,
    family_of,
    freeze_delegation,
    get_delegation,
    give_up,
    invite_delegate,
    look_after_delegations,
    look_up_requests,
    release_delegation,
    take_back,
    take_back_all,
)
from services.family import DelegationState, EndReason, Relation, family_member_of, register_family_member
from services.family.tables import DelegationEventRow, DelegationRow
from services.messages.phone_notes import PhoneNote, note_phone
from services.people import ID_NUMBER, Person, PersonRow, get_person
from services.sealing import vault_of
from services.worker_tasks import TaskKind, list_tasks
from tests.conftest import person_named
from tests.delegating import (
    CITY,
    DAUGHTERS_PHONE,
    EVERYTHING,
    NEXT_DAY,
    NOW,
    PAPER,
    SONS_PHONE,
    acting,
    agreed_with,
    as_family,
    ask,
    asked_for,
    family_member,
    herself,
    joined,
    row_of,
    texts_at,
    worker_of,
)
from tests.integration.phones import open_tasks

WANGS_PHONE = "15400000002"


@pytest.fixture
def chen(session: Session) -> Person:
    """陈丽英, who shares her phone with 林国华."""
    return person_named(session, "陈丽英")


# ---------------------------------------------------------------- asking


def test_a_daughter_asks_and_the_senior_is_asked_by_text_with_a_code(session: Session, wang: Person) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    assert (asked.state, asked.relation, asked.phone_ends) == (DelegationState.ASKED, Relation.DAUGHTER, "0201")
    assert len(asked.code) == 4
    assert texts_at(session, WANGS_PHONE) == ["delegation_asked"]
    assert asked.until_on.isoformat() == "2027-11-24"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        # by phone, by ID number, by the last digits of the card
        ("王秀珍", "154 0000 0002"),
        (" 王 秀珍", "id"),
        ("王秀珍", "card"),
    ],
)
def test_a_senior_is_named_by_name_and_a_number_of_hers(session: Session, wang: Person, name: str, number: str) -> None:
    row = session.get_one(PersonRow, wang.id)
    numbers = {
        "id": vault_of(session).open(row.id_number_sealed, context=ID_NUMBER).lower(),
        "card": wang.card_last_four or "",
    }
    request = ask(session, family_member(session), name, numbers.get(number, number))
    assert row_of(session, request).person_id == wang.id


def test_nothing_tells_a_family_member_whether_there_is_such_a_senior(session: Session, wang: Person) -> None:
    daughter = family_member(session)
    of_somebody = ask_to_act(
        session, as_family(daughter), name="王秀珍", number=WANGS_PHONE, relation=Relation.DAUGHTER,
        scopes=EVERYTHING, now=NOW,
    )  # fmt: skip
    of_nobody = ask_to_act(
        session, as_family(daughter), name="王不在", number="15499990000", relation=Relation.DAUGHTER,
        scopes=EVERYTHING, now=NOW,
    )  # fmt: skip
    # The answer is given before anybody looks: there is nothing to look at yet, and nothing was sent.
    assert [row_of(session, each).person_id for each in (of_somebody, of_nobody)] == [None, None]
    assert texts_at(session, WANGS_PHONE) == []
    assert look_up_requests(joined(session), now=NOW) == 2
    session.expire_all()
    seen = family_of(session, as_family(daughter), now=NOW).requests
    assert {(each.is_over, each.asked_on, each.until_on, each.scopes) for each in seen} == {
        (False, of_nobody.asked_on, of_nobody.until_on, of_nobody.scopes)
    }
    # Neither does a no of hers, nor what happens to the request when nobody answers.
    asked = delegates_of(session, herself(wang), person_id=wang.id, now=NOW)[0]
    decline_delegate(session, herself(wang), delegation_id=asked.id, now=NOW)
    assert {each.is_over for each in family_of(session, as_family(daughter), now=NOW).requests} == {False}
    later = NOW + timedelta(days=15)
    end_due(joined(session), city=CITY, now=later)
    session.expire_all()
    assert {each.is_over for each in family_of(session, as_family(daughter), now=later).requests} == {True}
    assert texts_at(session, DAUGHTERS_PHONE) == []
    with pytest.raises(DelegationUnknown):
        act_for(session, as_family(daughter), delegation_id=asked.id, channel=Channel.SCREEN, now=NOW)


def test_of_a_couple_with_one_phone_the_name_says_who_is_meant(session: Session, chen: Person) -> None:
    asked = asked_for(session, chen, "15400000001")
    lin = person_named(session, "林国华")
    assert delegates_of(session, herself(lin), person_id=lin.id, now=NOW) == ()
    assert asked.person_id == chen.id


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"name": " "}, NameOfSeniorMissing),
        ({"number": "12345"}, NumberOfSeniorWrong),
        ({"number": "440399195701150022"}, NumberOfSeniorWrong),
        ({"scopes": frozenset()}, NoScopes),
        ({"months": 25}, TermWrong),
        ({"months": 0}, TermWrong),
    ],
)
def test_what_a_request_must_say(session: Session, changed: dict[str, object], refused: type[Exception]) -> None:
    about = {"name": "王秀珍", "number": WANGS_PHONE, "relation": Relation.SON, "scopes": EVERYTHING} | changed
    with pytest.raises(refused):
        ask_to_act(session, as_family(family_member(session)), now=NOW, **about)  # type: ignore[arg-type]


def test_who_has_no_name_and_who_is_no_family_member_cannot_ask(session: Session, wang: Person) -> None:
    nameless = register_family_member(session, phone=DAUGHTERS_PHONE, city=CITY, now=NOW)
    about = {"name": "王秀珍", "number": WANGS_PHONE, "relation": Relation.SON, "scopes": EVERYTHING, "now": NOW}
    with pytest.raises(FamilyNameMissing):
        ask_to_act(session, as_family(nameless), **about)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        ask_to_act(session, herself(wang), **about)  # type: ignore[arg-type]


def test_a_day_has_room_for_few_requests(session: Session) -> None:
    daughter = family_member(session)
    for number in range(5):
        ask(session, daughter, "王秀珍", f"1549999000{number}")
    with pytest.raises(TooManyRequests):
        ask(session, daughter, "王秀珍", "15499990009")
    assert ask(session, daughter, "王秀珍", "15499990009", now=NOW + timedelta(days=1))


def test_a_second_request_takes_the_place_of_the_first(session: Session, wang: Person) -> None:
    daughter = family_member(session)
    first = asked_for(session, wang, WANGS_PHONE, member=daughter)
    second = asked_for(session, wang, WANGS_PHONE, member=daughter, scopes={Scope.CERTIFY})
    assert get_delegation(session, herself(wang), delegation_id=first.id).end_reason is EndReason.REPLACED
    assert [each.id for each in delegates_of(session, herself(wang), person_id=wang.id, now=NOW)] == [second.id]


def test_after_her_no_the_same_one_does_not_reach_her_for_a_month(session: Session, wang: Person) -> None:
    daughter = family_member(session)
    asked = asked_for(session, wang, WANGS_PHONE, member=daughter)
    decline_delegate(session, herself(wang), delegation_id=asked.id, now=NOW)
    again = ask(session, daughter, "王秀珍", WANGS_PHONE, now=NOW + timedelta(days=29))
    assert row_of(session, again).person_id is None
    assert texts_at(session, WANGS_PHONE) == ["delegation_asked", "delegation_declined"]
    assert asked_for(session, wang, WANGS_PHONE, member=daughter, now=NOW + timedelta(days=31))


def test_of_many_requests_in_a_week_a_worker_asks_her(session: Session, wang: Person) -> None:
    for number in range(3):
        member = family_member(session, phone=f"1540000030{number}", name=f"陌生{number}")
        asked_for(session, wang, WANGS_PHONE, member=member)
    assert texts_at(session, WANGS_PHONE) == ["delegation_asked"] * 2
    assert (TaskKind.DELEGATION_REQUEST, wang.id) in open_tasks(session)


def test_a_request_can_be_called_off(session: Session, wang: Person) -> None:
    daughter = family_member(session)
    asked = asked_for(session, wang, WANGS_PHONE, member=daughter)
    with pytest.raises(DelegationUnknown):
        call_off_request(session, as_family(family_member(session, phone=SONS_PHONE)), delegation_id=asked.id, now=NOW)
    call_off_request(session, as_family(daughter), delegation_id=asked.id, now=NOW)
    assert family_of(session, as_family(daughter), now=NOW).requests == ()
    with pytest.raises(DelegationOver):
        agree_to_delegate(session, herself(wang), delegation_id=asked.id, now=NOW)


# ---------------------------------------------------------------- agreeing


@pytest.mark.parametrize("channel", [Channel.SCREEN, Channel.VOICE, Channel.TEXT_MESSAGE])
def test_she_agrees_on_any_channel_and_both_are_told(session: Session, wang: Person, channel: Channel) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    agreed = agree_to_delegate(session, herself(wang, channel), delegation_id=asked.id, now=NOW)
    assert (agreed.state, agreed.agreed_through, agreed.witnessed) == (DelegationState.ACTIVE, channel.value, False)
    assert texts_at(session, WANGS_PHONE)[-1] == "delegation_agreed"
    assert texts_at(session, DAUGHTERS_PHONE) == ["delegation_agreed_family"]
    again = agree_to_delegate(session, herself(wang), delegation_id=asked.id, now=NEXT_DAY)
    assert again.agreed_at == NOW
    assert len(texts_at(session, WANGS_PHONE)) == 2


def test_nobody_else_agrees_for_her(session: Session, wang: Person, chen: Person) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    of_elsewhere = worker_of(chen)
    for actor in (herself(chen), of_elsewhere, as_family(family_member(session))):
        with pytest.raises(NotAllowed):
            agree_to_delegate(session, actor, delegation_id=asked.id, now=NOW, witness=PAPER)
        with pytest.raises(NotAllowed):
            get_delegation(session, actor, delegation_id=asked.id)


def test_at_the_desk_a_worker_is_the_witness_and_says_how(session: Session, wang: Person) -> None:
    asked, worker = asked_for(session, wang, WANGS_PHONE), worker_of(wang)
    with pytest.raises(EvidenceMissing):
        agree_to_delegate(session, worker, delegation_id=asked.id, now=NOW)
    agreed = agree_to_delegate(session, worker, delegation_id=asked.id, now=NOW, witness=PAPER)
    assert agreed.witnessed
    assert row_of(session, agreed).witnessed_by == worker.staff_id
    event = session.scalars(select(DelegationEventRow).where(DelegationEventRow.kind == "agreed")).one()
    assert (event.facts["evidence"], event.note) == ("signed_paper", PAPER.note)
    # What a worker wrote is with the case, and not in the record of deeds.
    entries = session.scalars(select(AuditEntry).where(AuditEntry.deed == "delegation_agreed")).all()
    assert PAPER.note not in str([entry.facts for entry in entries])


def test_where_both_have_one_phone_only_a_worker_can_be_the_witness(session: Session, chen: Person) -> None:
    # The grandson holds her phone: whatever comes from it may be his.
    grandson = family_member(session, phone="15400000001", name="林小明")
    asked = asked_for(session, chen, "15400000001", member=grandson, relation=Relation.GRANDCHILD)
    assert texts_at(session, "15400000001") == []
    assert (TaskKind.DELEGATION_REQUEST, chen.id) in open_tasks(session)
    for channel in (Channel.TEXT_MESSAGE, Channel.SCREEN, Channel.VOICE):
        with pytest.raises(NeedsWitness):
            agree_to_delegate(session, herself(chen, channel), delegation_id=asked.id, now=NOW)
    agree_to_delegate(session, worker_of(chen), delegation_id=asked.id, now=NOW, witness=PAPER)
    assert (TaskKind.DELEGATION_REQUEST, chen.id) not in open_tasks(session)


def test_a_phone_that_is_registered_as_her_sons_agrees_to_nothing(session: Session, wang: Person) -> None:
    note_phone(session, PhoneNote.CONTACT, city=CITY, phone=WANGS_PHONE, now=NOW, person_id=wang.id, relation="son")
    asked = asked_for(session, wang, WANGS_PHONE)
    with pytest.raises(NeedsWitness):
        agree_to_delegate(session, herself(wang), delegation_id=asked.id, now=NOW)
    assert (TaskKind.DELEGATION_REQUEST, wang.id) in open_tasks(session)


def test_who_has_no_mobile_phone_is_asked_by_a_worker(session: Session, wang: Person) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(phone_sealed=None, phone_index=None))
    session.expire_all()
    asked = asked_for(session, wang, wang.card_last_four or "")
    assert (TaskKind.DELEGATION_REQUEST, wang.id) in open_tasks(session)
    # On a community's tablet her own word counts.
    assert agree_to_delegate(session, herself(wang), delegation_id=asked.id, now=NOW).is_in_force


def test_an_answer_after_the_end_changes_nothing(session: Session, wang: Person) -> None:
    asked = asked_for(session, wang, WANGS_PHONE)
    with pytest.raises(DelegationOver):
        agree_to_delegate(session, herself(wang), delegation_id=asked.id, now=NOW + timedelta(days=15))
    decline_delegate(session, herself(wang), delegation_id=asked.id, now=NOW)
    with pytest.raises(DelegationOver):
        agree_to_delegate(session, herself(wang), delegation_id=asked.id, now=NOW)
    assert decline_delegate(session, herself(wang), delegation_id=asked.id, now=NOW).end_reason is EndReason.DECLINED


def test_a_new_agreement_of_the_same_two_replaces_the_old_one(session: Session, wang: Person) -> None:
    daughter = family_member(session)
    old = agreed_with(session, wang, WANGS_PHONE, member=daughter, scopes={Scope.CERTIFY})
    new = agreed_with(session, wang, WANGS_PHONE, member=daughter, scopes={Scope.BOOK_AND_CANCEL})
    assert get_delegation(session, herself(wang), delegation_id=old.id).end_reason is EndReason.REPLACED
    assert acting(session, new).may == acting(session, new).may - {Capability.CERTIFY}
    with pytest.raises(DelegationStepNotPossible):
        decline_delegate(session, herself(wang), delegation_id=new.id, now=NOW)


def test_one_may_care_for_several_and_several_for_one(session: Session, wang: Person, chen: Person) -> None:
    daughter, son = family_member(session), family_member(session, phone=SONS_PHONE, name="林建国")
    hers = [agreed_with(session, wang, WANGS_PHONE, member=daughter)]
    hers.append(agreed_with(session, chen, "15400000001", member=daughter))
    sons = agreed_with(session, wang, WANGS_PHONE, member=son, relation=Relation.SON)
    charges = family_of(session, as_family(daughter), now=NOW).charges
    assert {each.person_id for each in charges} == {wang.id, chen.id}
    assert {each.senior_name for each in charges} == {"王*珍", "陈*英"}
    assert {each.id for each in delegates_of(session, herself(wang), person_id=wang.id, now=NOW)} == {
        hers[0].id,
        sons.id,
    }


# ---------------------------------------------------------------- inviting


def test_she_invites_her_son_and_he_agrees(session: Session, wang: Person) -> None:
    invited = invite_delegate(
        session, herself(wang, Channel.VOICE), person_id=wang.id, phone=SONS_PHONE, relation=Relation.SON, now=NOW
    )
    assert invited.state is DelegationState.INVITED
    assert texts_at(session, SONS_PHONE) == ["delegation_invited"]
    son = register_family_member(session, phone=SONS_PHONE, city=CITY, now=NOW)
    (invitation,) = family_of(session, as_family(son), now=NOW).invitations
    with pytest.raises(DelegationUnknown):
        act_for(session, as_family(son), delegation_id=invited.id, channel=Channel.SCREEN, now=NOW)
    with pytest.raises(DelegationUnknown):
        confirm_invitation(session, as_family(family_member(session)), delegation_id=invited.id, now=NOW)
    assert confirm_invitation(session, as_family(son), delegation_id=invitation.id, now=NOW).can_act
    assert texts_at(session, WANGS_PHONE)[-1] == "delegation_agreed"
    assert acting(session, invited).on_behalf_of == wang.id


def test_an_invitation_is_declined_taken_back_or_lapses(session: Session, wang: Person) -> None:
    def invite(phone: str) -> tuple[Actor, object]:
        made = invite_delegate(session, herself(wang), person_id=wang.id, phone=phone, relation=Relation.OTHER, now=NOW)
        return as_family(register_family_member(session, phone=phone, city=CITY, now=NOW)), made.id

    son, first = invite(SONS_PHONE)
    decline_invitation(session, son, delegation_id=first, now=NOW)  # type: ignore[arg-type]
    assert texts_at(session, WANGS_PHONE)[-1] == "delegation_invitation_declined"
    niece, second = invite("15400000203")
    take_back(session, herself(wang), delegation_id=second, now=NOW)  # type: ignore[arg-type]
    with pytest.raises(DelegationOver):
        confirm_invitation(session, niece, delegation_id=second, now=NOW)  # type: ignore[arg-type]
    nephew, third = invite("15400000204")
    with pytest.raises(DelegationOver):
        confirm_invitation(session, nephew, delegation_id=third, now=NOW + timedelta(days=15))  # type: ignore[arg-type]


def test_her_own_number_is_nobodys_invitation_and_a_worker_may_witness_one(session: Session, chen: Person) -> None:
    about = {"person_id": chen.id, "phone": "15400000001", "relation": Relation.SPOUSE, "now": NOW}
    with pytest.raises(OwnPhone):
        invite_delegate(session, herself(chen), **about)  # type: ignore[arg-type]
    with pytest.raises(EvidenceMissing):
        invite_delegate(session, worker_of(chen), **about)  # type: ignore[arg-type]
    assert invite_delegate(session, worker_of(chen), witness=PAPER, **about).witnessed  # type: ignore[arg-type]


def test_a_second_invitation_takes_the_place_of_the_first(session: Session, wang: Person) -> None:
    about = {"person_id": wang.id, "phone": SONS_PHONE, "relation": Relation.SON, "now": NOW}
    first = invite_delegate(session, herself(wang), **about)  # type: ignore[arg-type]
    second = invite_delegate(session, herself(wang), scopes=frozenset({Scope.CERTIFY}), **about)  # type: ignore[arg-type]
    assert [each.id for each in delegates_of(session, herself(wang), person_id=wang.id, now=NOW)] == [second.id]
    assert row_of(session, first).end_reason == EndReason.REPLACED


def test_her_word_lets_it_run_on(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    later = NOW + timedelta(days=300)
    assert extend_delegation(session, herself(wang), delegation_id=agreed.id, now=later).until_on == date(2028, 9, 20)
    # Never shorter than it was.
    early = extend_delegation(session, herself(wang), delegation_id=agreed.id, now=NOW)
    assert early.until_on == date(2028, 9, 20)
    with pytest.raises(NotAllowed):
        extend_delegation(session, acting(session, agreed), delegation_id=agreed.id, now=later)
    with pytest.raises(DelegationOver):
        extend_delegation(session, herself(wang), delegation_id=agreed.id, now=NOW + timedelta(days=1000))


# ---------------------------------------------------------------- acting


def test_while_she_acts_she_may_what_was_ticked_and_the_record_says_for_whom(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE, scopes={Scope.SEE_BENEFITS})
    delegate = acting(session, agreed)
    assert get_person(session, delegate, person_id=wang.id).id == wang.id
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.deed == "person_read")).one()
    assert (entry.actor_kind, entry.actor_family_member_id, entry.on_behalf_of) == (
        "delegate",
        agreed.family_member_id,
        wang.id,
    )
    with pytest.raises(NotAllowed):
        require(delegate, Capability.BOOK_MEALS, person_id=wang.id)
    with pytest.raises(NotAllowed):
        get_person(session, delegate, person_id=person_named(session, "黄婉仪").id)


def test_a_new_delegate_waits_a_day_for_what_brings_or_costs_money(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    early = acting(session, agreed, now=NOW + timedelta(hours=23))
    require(early, Capability.BOOK_MEALS, person_id=wang.id)
    for capability in (Capability.ANSWER_OFFERS, Capability.BOOK_SERVICES):
        with pytest.raises(TooSoonForThis):
            require(early, capability, person_id=wang.id)
        require(acting(session, agreed), capability, person_id=wang.id)


def test_with_a_worker_as_witness_nothing_waits(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE, witness=True)
    require(acting(session, agreed, now=NOW), Capability.ANSWER_OFFERS, person_id=wang.id)


def test_who_only_receives_messages_has_nothing_to_act_by(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE, scopes={Scope.RECEIVE_MESSAGES})
    with pytest.raises(NotAllowed):
        acting(session, agreed)
    assert not family_of(session, as_family(family_member(session)), now=NOW).charges[0].can_act


def test_nobody_acts_by_somebody_elses_right(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    stranger = family_member(session, phone=SONS_PHONE, name="陌生")
    with pytest.raises(DelegationUnknown):
        act_for(session, as_family(stranger), delegation_id=agreed.id, channel=Channel.SCREEN, now=NOW)
    with pytest.raises(NotAllowed):
        act_for(session, herself(wang), delegation_id=agreed.id, channel=Channel.SCREEN, now=NOW)


def test_a_registered_senior_acts_for_another_one_with_a_row_of_her_own(session: Session, wang: Person) -> None:
    huang = person_named(session, "黄婉仪")
    member = family_member_of(session, huang, now=NOW)
    assert (member.name, member.person_id) == ("黄婉仪", huang.id)
    assert family_member_of(session, huang, now=NOW).id == member.id
    agreed = agreed_with(session, wang, WANGS_PHONE, member=member, relation=Relation.OTHER)
    assert acting(session, agreed).family_member_id == member.id
    # For herself she needs nobody: such a request means nobody.
    own = ask(session, member, "黄婉仪", "15400000003")
    assert row_of(session, own).person_id is None


# ---------------------------------------------------------------- ends


def test_her_word_ends_it_at_once(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    ended = take_back(session, herself(wang, Channel.VOICE), delegation_id=agreed.id, now=NEXT_DAY)
    assert (ended.state, ended.end_reason) == (DelegationState.ENDED, EndReason.TAKEN_BACK)
    with pytest.raises(DelegationOver):
        acting(session, agreed)
    assert texts_at(session, WANGS_PHONE)[-1] == "delegation_ended"
    assert texts_at(session, DAUGHTERS_PHONE)[-1] == "delegation_ended_family"
    count = len(texts_at(session, WANGS_PHONE))
    take_back(session, herself(wang), delegation_id=agreed.id, now=NEXT_DAY)
    assert len(texts_at(session, WANGS_PHONE)) == count


def test_one_word_takes_back_everything(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    asked = asked_for(
        session,
        wang,
        WANGS_PHONE,
        member=family_member(session, phone=SONS_PHONE, name="林建国"),
        relation=Relation.SON,
    )
    ended = take_back_all(session, herself(wang), person_id=wang.id, now=NOW)
    assert {(each.id, each.end_reason) for each in ended} == {
        (agreed.id, EndReason.TAKEN_BACK),
        (asked.id, EndReason.DECLINED),
    }


def test_it_ends_by_its_date_also_before_the_job_has_run(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    last_day = NOW + timedelta(days=365)
    assert acting(session, agreed, now=last_day)
    after = last_day + timedelta(days=1)
    with pytest.raises(DelegationOver):
        acting(session, agreed, now=after)
    assert family_of(session, as_family(family_member(session)), now=after).charges == ()
    assert end_due(joined(session), city=CITY, now=last_day) == 0
    assert end_due(joined(session), city=CITY, now=after) == 1
    assert row_of(session, agreed).end_reason == EndReason.EXPIRED
    assert texts_at(session, WANGS_PHONE)[-1] == "delegation_expired"


def test_her_death_ends_it_and_nobody_is_texted(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    texts = texts_at(session, WANGS_PHONE), texts_at(session, DAUGHTERS_PHONE)
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(died_on=NOW.date()))
    session.expire_all()
    with pytest.raises(DelegationOver) as over:
        acting(session, agreed)
    assert over.value.facts["reason"] == EndReason.DEATH
    look_after_delegations(joined(session), city=CITY, now=NEXT_DAY)
    assert row_of(session, agreed).end_reason == EndReason.DEATH
    assert (texts_at(session, WANGS_PHONE), texts_at(session, DAUGHTERS_PHONE)) == texts


def test_the_family_member_gives_it_up_and_the_senior_is_told(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    daughter = as_family(family_member(session))
    give_up(session, daughter, delegation_id=agreed.id, now=NEXT_DAY)
    give_up(session, daughter, delegation_id=agreed.id, now=NEXT_DAY)
    assert row_of(session, agreed).end_reason == EndReason.GIVEN_UP
    assert texts_at(session, WANGS_PHONE)[-1] == "delegation_given_up"


def test_a_worker_freezes_releases_and_ends_with_a_reason(session: Session, wang: Person) -> None:
    agreed, worker = agreed_with(session, wang, WANGS_PHONE), worker_of(wang)
    with pytest.raises(ReasonMissing):
        freeze_delegation(session, worker, delegation_id=agreed.id, reason=" ", now=NOW)
    freeze_delegation(session, worker, delegation_id=agreed.id, reason="邻居说不是亲女儿", now=NOW)
    with pytest.raises(DelegationFrozen):
        acting(session, agreed)
    assert texts_at(session, WANGS_PHONE)[-1] == "delegation_frozen"
    release_delegation(session, worker, delegation_id=agreed.id, reason="上门问过本人", now=NOW)
    assert acting(session, agreed)
    with pytest.raises(ReasonMissing):
        take_back(session, worker, delegation_id=agreed.id, now=NOW)
    ended = take_back(session, worker, delegation_id=agreed.id, reason="本人要求", now=NOW)
    assert ended.end_reason is EndReason.BY_WORKER
    notes = session.scalars(select(DelegationEventRow.note).where(DelegationEventRow.note.is_not(None))).all()
    assert notes == ["邻居说不是亲女儿", "上门问过本人", "本人要求"]


def test_only_a_worker_of_her_community_freezes(session: Session, wang: Person, chen: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    for actor in (worker_of(chen), herself(chen), as_family(family_member(session))):
        with pytest.raises(NotAllowed):
            freeze_delegation(session, actor, delegation_id=agreed.id, reason="x", now=NOW)


# ---------------------------------------------------------------- what is looked at


def test_who_acts_for_many_households_is_looked_at_by_a_worker(session: Session) -> None:
    daughter = family_member(session)
    phones = {"王秀珍": "15400000002", "黄婉仪": "15400000003", "李德全": "15400000004", "张秀兰": "15400000005"}
    for name in list(phones)[:3]:
        agreed_with(session, person_named(session, name), phones[name], member=daughter)
    assert not {kind for kind, _ in open_tasks(session)} & {TaskKind.DELEGATION_CHECK}
    fourth = person_named(session, "张秀兰")
    agreed_with(session, fourth, phones["张秀兰"], member=daughter)
    assert (TaskKind.DELEGATION_CHECK, fourth.id) in open_tasks(session)


def test_a_couple_is_one_household(session: Session, chen: Person) -> None:
    daughter = family_member(session)
    for name, phone in (
        ("王秀珍", "15400000002"),
        ("黄婉仪", "15400000003"),
        ("陈丽英", "15400000001"),
        ("林国华", "15400000001"),
    ):
        person = person_named(session, name)
        session.execute(update(PersonRow).where(PersonRow.id == person.id).values(address_index=None))
        session.expire_all()
        agreed_with(session, person, phone, member=daughter)
    assert not {kind for kind, _ in open_tasks(session)} & {TaskKind.DELEGATION_CHECK}


def test_a_card_account_that_changes_soon_after_is_looked_at_once(session: Session, wang: Person) -> None:
    agreed_with(session, wang, WANGS_PHONE)
    look_after_delegations(joined(session), city=CITY, now=NEXT_DAY)
    assert (TaskKind.DELEGATION_CHECK, wang.id) not in open_tasks(session)
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(card_last_four="7777"))
    look_after_delegations(joined(session), city=CITY, now=NEXT_DAY)
    assert (TaskKind.DELEGATION_CHECK, wang.id) in open_tasks(session)
    tasks = len(open_tasks(session))
    look_after_delegations(joined(session), city=CITY, now=NEXT_DAY + timedelta(days=1))
    assert len(open_tasks(session)) == tasks


def test_a_worker_decides_about_what_is_put_to_her(session: Session, wang: Person) -> None:
    note_phone(session, PhoneNote.CONTACT, city=CITY, phone=WANGS_PHONE, now=NOW, person_id=wang.id, relation="son")
    asked, worker = asked_for(session, wang, WANGS_PHONE), worker_of(wang)
    task = next(each for each in list_tasks(session, worker, now=NEXT_DAY) if each.subject_id == asked.id)
    assert [each.choice for each in decisions_for(session, worker, task)] == [Choice.DECLINE]
    decide(session, worker, task_id=task.id, choice=Choice.DECLINE, reason="本人说不认识", now=NOW)
    assert row_of(session, asked).end_reason == EndReason.DECLINED
    note = session.scalars(select(DelegationEventRow.note).where(DelegationEventRow.kind == "ended")).one()
    assert note == "本人说不认识"


@pytest.mark.parametrize(
    ("choice", "state"), [(Choice.KEEP, "active"), (Choice.FREEZE, "frozen"), (Choice.END, "ended")]
)
def test_a_worker_decides_about_what_is_unusual(session: Session, wang: Person, choice: Choice, state: str) -> None:
    agreed, worker = agreed_with(session, wang, WANGS_PHONE), worker_of(wang)
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(card_last_four="7777"))
    look_after_delegations(joined(session), city=CITY, now=NEXT_DAY)
    (task,) = list_tasks(session, worker, now=NEXT_DAY, kind=TaskKind.DELEGATION_CHECK)
    decided = decide(session, worker, task_id=task.id, choice=choice, reason="问过本人", now=NEXT_DAY)
    assert row_of(session, agreed).state == state
    assert not decided.is_open
    assert decided.reason == "问过本人"


def test_only_she_and_her_worker_see_who_may_act_and_what_was_done(
    session: Session, wang: Person, chen: Person
) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    get_person(session, acting(session, agreed), person_id=wang.id)
    session.flush()
    for actor in (herself(wang), worker_of(wang)):
        assert delegates_of(session, actor, person_id=wang.id, now=NOW)
        assert [deed.deed for deed in deeds_for(session, actor, person_id=wang.id)] == ["person_read"]
    for actor in (herself(chen), worker_of(chen), acting(session, agreed), as_family(family_member(session))):
        with pytest.raises(NotAllowed):
            delegates_of(session, actor, person_id=wang.id, now=NOW)
        with pytest.raises(NotAllowed):
            deeds_for(session, actor, person_id=wang.id)


def test_no_two_rights_of_one_pair_can_be_in_force(session: Session, wang: Person) -> None:
    agreed = agreed_with(session, wang, WANGS_PHONE)
    states = session.scalars(
        select(DelegationRow.state).where(DelegationRow.family_member_id == agreed.family_member_id)
    ).all()
    assert states == [DelegationState.ACTIVE]
