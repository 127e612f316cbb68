"""Every use case about a person against the matrix of rights, for every kind of actor: her own record and another's.

What each asks for stands in the table below, so that none appears without a thought. Arguments are made up from their
types: a right is looked at before anything else, so whoever has none is refused whatever she sends, and whoever has it
comes to where the rest of it matters.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import services
from services.actor import (
    AT_THE_DESK,
    MAY,
    WITHIN,
    WITHOUT_OPENING,
    Actor,
    ActorKind,
    Capability,
    Channel,
    NotAllowed,
    Scope,
)
from services.database import new_id
from services.people import Person
from tests.conftest import NOW, person_named

C = Capability
# What is asked for, and the use cases that ask it; several: any of them, whichever the actor's kind can have.
NEEDS: dict[tuple[Capability, ...], str] = {
    (C.SEE_PERSON,): """activities.list_activities people.get_person people.glance_at_person people.hold_person
        registry.origins_of
        residents.phone_to_call""",
    (C.SEE_MEALS,): """meals.get_dietary_marks meals.list_canteens meals.list_days meals.list_meal_bookings
        meals.list_menus meals.list_standing_orders meals.list_waiting meals.suggest_menu""",
    (C.BOOK_MEALS,): """meals.book_meal meals.book_week meals.join_waiting_list meals.place_standing_order
        meals.quote_meal meals.quote_standing_order meals.quote_waiting meals.quote_week meals.repeat_week
        meals.set_dietary_marks meals.suggest_usual_meal meals.suggest_week""",
    (C.SEE_SERVICES,): """home_care.list_offers home_care.list_service_bookings home_care.list_service_days
        home_care.list_services home_care.suggest_offer""",
    (C.BOOK_SERVICES,): "home_care.book_service home_care.quote_service",
    (C.TALK,): """conversations.end conversations.load conversations.save speaking.change_manner
        speaking.manner_of""",
    (C.SEE_BENEFITS,): """allowances.list_cases allowances.open_offers allowances.payments_of
        home_adaptation.adaptation_of_household home_adaptation.latest_adaptation inbox.list_incoming
        my_benefits.see_benefits vouchers.see_vouchers""",
    (C.ANSWER_OFFERS,): "allowances.apply_for home_adaptation.apply_for_adaptation",
    (C.CERTIFY,): """certification.ask_for_visit certification.certification_of certification.certify_self
        certification.current_challenge certification.proofs_of certification.record_helper
        certification.record_visit certification.sharings_of certification.start_self_certification
        certification.vouch_for""",
    (C.DECIDE_CASES,): "allowances.record_refund certification.decide_missed",
    (C.SEE_TASKS,): "worker_tasks.tasks_of",
    (C.MANAGE_DELEGATION, C.OVERSEE_DELEGATION): """delegation.deeds_for delegation.delegates_of
        delegation.invite_delegate delegation.take_back_all""",
    (C.SEE_EMERGENCIES,): "emergencies.latest_emergency emergencies.open_emergency",
    (C.RAISE_EMERGENCY,): "emergencies.raise_emergency emergencies.say_all_well",
    (C.MANAGE_CONTACTS,): """emergency_contacts.ask_community_to_call emergency_contacts.ask_to_call_back
        emergency_contacts.emergency_contacts_of emergency_contacts.family_to_call emergency_contacts.note_contact
        emergency_contacts.remove_contact""",
    (C.READ_TEXTS,): "messages.list_texts",
    (C.END_SESSIONS,): "sign_in.end_other_sessions sign_in.list_sessions",
    (C.OPEN_RECORDS,): "desk_help.begin_at_desk desk_help.end_at_desk records.close_record records.open_record",
    (C.ASK_ABOUT_OWN_DATA,): """personal_data.ask_for_correction personal_data.corrections_of
        personal_data.data_held_about personal_data.erase_what_may_go""",
}
# What concerns a city, a community or a workplace, and no single person.
OF_THE_CITY: dict[Capability, str] = {
    C.RUN_ACTIVITIES: "activities.enter_activity activities.list_community_activities",
    C.RUN_MONTH: """allowances.announce_tier_changes allowances.audit_month allowances.confirm_run
        allowances.export_bank_file allowances.list_month allowances.pay_month allowances.record_returns
        certification.certify_by_data certification.close_campaign certification.open_campaign
        certification.send_reminders""",
    C.SEE_RUNS: "allowances.get_run allowances.list_runs long_work.get_work",
    C.SCREEN: "allowances.screen",
    C.IMPORT_REGISTERS: """certification.export_proofs certification.import_proofs long_work.ask_for_import
        registry.import_extract registry.list_open_findings""",
    C.HANDLE_EMERGENCIES: "emergencies.alarms_for",
    C.SEE_TASKS: """home_adaptation.list_firms residents.residents_by_id
        worker_tasks.count_tasks worker_tasks.list_tasks""",
    C.SEE_PERSON: "residents.find_residents",
    C.SEE_TRAIL: """supervision.colleagues supervision.export_trail supervision.list_flags supervision.look_into
        supervision.read_trail""",
    C.RUN_SERVICES: """home_care.export_settlement home_care.get_provider home_care.list_provider_day
        home_care.list_provider_visits home_care.list_requests home_care.month_settlement""",
    C.MAKE_VISITS: "home_care.list_my_visits",
    C.SERVE_MEALS: "counter.get_counter_day counter.get_settlement",
}
# Only these kinds, though others have the right to what it is about: she certifies herself by her own voice, family by
# its word.
ONLY = {
    "certification.certify_self": {ActorKind.SENIOR},
    "certification.current_challenge": {ActorKind.SENIOR},
    "certification.start_self_certification": {ActorKind.SENIOR},
    "certification.vouch_for": {ActorKind.DELEGATE},
}
# Parts of other use cases, which have looked at the right, and what looks at another thing than a right.
PARTS = {
    "allowances.recompute",
    "audit.record",
    "desk_help.assist",
    "people.note_delegate",
    "people.require_for",
    "records.is_open_because",
}
# Set-up and jobs alone; and what is asked of the case of a home, whose household she is in.
OTHERWISE = {"allowances.take_over", "home_adaptation.take_out_of_household", "vouchers.issue_vouchers"}
EXPECTED = {name: capabilities for capabilities, names in NEEDS.items() for name in names.split()}


def use_cases() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Everything that `services` hands out and that asks who acts."""
    names = [f"services.{info.name}" for info in pkgutil.iter_modules(services.__path__) if info.name != "__main__"]
    for module_name in [*names, "services.meals.counter"]:
        module = importlib.import_module(module_name)
        own = [name for name, it in vars(module).items() if getattr(it, "__module__", "") == module.__name__]
        for name in getattr(module, "__all__", own):
            found = getattr(module, name)
            if not inspect.isfunction(found) or name.startswith("_"):
                continue
            if list(inspect.signature(found).parameters)[:2] == ["session", "actor"]:
                yield f"{module_name.rpartition('.')[2]}.{name}", found


def about_a_person() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Those that name a person."""
    return ((name, found) for name, found in use_cases() if "person_id" in inspect.signature(found).parameters)


def made_up(name: str, kind: Any, person_id: UUID) -> object:
    """A value of this type, of which nothing is true but the person."""
    if name == "person_id":
        return person_id
    plain = {UUID: new_id(), datetime: NOW, date: NOW.date(), int: 1, bool: False, str: "x"}
    if kind in plain:
        return plain[kind]
    if typing.get_origin(kind) in (types.UnionType, typing.Union, None):
        return next(iter(kind)) if isinstance(kind, enum.EnumType) else None
    return frozenset() if typing.get_origin(kind) is frozenset else ()


def arguments(use_case: Callable[..., Any], person_id: UUID) -> dict[str, object]:
    """Whatever it must be given beside session and actor."""
    kinds = typing.get_type_hints(use_case)
    asked = list(inspect.signature(use_case).parameters.values())[2:]
    return {
        each.name: made_up(each.name, kinds.get(each.name), person_id)
        for each in asked
        if each.default is each.empty and each.kind is not each.VAR_KEYWORD
    }


def is_refused(session: Session, use_case: Callable[..., Any], actor: Actor, person_id: UUID) -> bool:
    """Whether it is refused for want of a right; what else becomes of it is undone and does not matter."""
    nested = session.begin_nested()
    try:
        use_case(session, actor, **arguments(use_case, person_id))
    except NotAllowed as refusal:
        # A contact that she does not have, and the like, is told only to who might have it.
        return not refusal.code.endswith("_unknown")
    except Exception:
        return False
    finally:
        if nested.is_active:
            nested.rollback()
        session.expire_all()
    return False


def staff(kind: ActorKind, person: Person | None = None, **more: Any) -> Actor:
    """One of the staff, in the community of this person if there is one."""
    place = (person.community, person.district) if person else (None, None)
    return Actor.staff(kind, new_id(), Channel.SCREEN, *place, **more)


def actors(her: Person, other: Person) -> Iterator[tuple[str, Actor, frozenset[Capability]]]:
    """Who acts, and what of the matrix holds for her and the record of `her`."""
    open_to_both = {"open_records": frozenset({her.id, other.id})}
    worker = staff(ActorKind.COMMUNITY_WORKER, her, **open_to_both)
    nothing = frozenset[Capability]()
    yield "herself", Actor.senior(her.id, Channel.SCREEN), MAY[ActorKind.SENIOR]
    yield "another senior", Actor.senior(other.id, Channel.SCREEN), nothing
    yield "family in her own matters", Actor.family_member(new_id(), Channel.SCREEN), nothing
    for scope in Scope:
        about: dict[str, Any] = {"delegation_id": new_id(), "scopes": frozenset({scope})}
        yield f"her {scope}", Actor.delegate(new_id(), Channel.SCREEN, on_behalf_of=her.id, **about), WITHIN[scope]
        yield f"other's {scope}", Actor.delegate(new_id(), Channel.SCREEN, on_behalf_of=other.id, **about), nothing
    yield "her worker", worker, MAY[ActorKind.COMMUNITY_WORKER]
    yield (
        "her worker, who has not said why",
        replace(worker, open_records=frozenset()),
        MAY[ActorKind.COMMUNITY_WORKER] & WITHOUT_OPENING,
    )
    yield "another community's worker", staff(ActorKind.COMMUNITY_WORKER, other, **open_to_both), nothing
    yield "a worker of none", staff(ActorKind.COMMUNITY_WORKER, **open_to_both), nothing
    yield "her worker at the desk", Actor.at_the_desk(worker, on_behalf_of=her.id), AT_THE_DESK
    yield "her worker at another's desk", Actor.at_the_desk(worker, on_behalf_of=other.id), nothing
    for kind in (ActorKind.CANTEEN, ActorKind.PROVIDER, ActorKind.CARE_WORKER):
        yield kind, staff(kind, workplace_id=new_id()), nothing
    for kind in (ActorKind.OPERATOR, ActorKind.SUPERVISOR):
        yield kind, staff(kind), MAY[kind]


def test_the_table_names_every_use_case_about_a_person() -> None:
    assert {name for name, _ in about_a_person()} - PARTS == set(EXPECTED) | OTHERWISE


@pytest.mark.parametrize("capabilities", NEEDS, ids=lambda each: each[0])
def test_whoever_has_no_right_is_refused_and_nobody_else(
    session: Session, wang: Person, capabilities: tuple[Capability, ...]
) -> None:
    other = person_named(session, "陈丽英")
    use_cases = [(name, it) for name, it in about_a_person() if EXPECTED.get(name) == capabilities]
    wrong = []
    for who, actor, may in actors(wang, other):
        for name, use_case in use_cases:
            allowed = bool(may & set(capabilities)) and actor.kind in ONLY.get(name, {actor.kind})
            if is_refused(session, use_case, actor, wang.id) is allowed:
                wrong.append(f"{name}: {who} is {'refused' if allowed else 'let in'}")
    assert wrong == []


def test_what_concerns_no_single_person_is_refused_to_every_kind_without_the_right(
    session: Session, wang: Person
) -> None:
    every, wrong = dict(use_cases()), []
    for who, actor, _ in actors(wang, person_named(session, "陈丽英")):
        for capability, names in OF_THE_CITY.items():
            if capability not in actor.may:
                let_in = [name for name in names.split() if not is_refused(session, every[name], actor, wang.id)]
                wrong += [f"{name}: {who} is let in" for name in let_in]
    assert wrong == []
