"""Accounts of staff: adding, enrolling, signing in with two factors, sessions that end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.__main__ import main
from services.actor import Actor, ActorKind, Channel, NotAllowed
from services.audit import AuditEntry
from services.database import new_id
from services.demo import list_demo_staff
from services.demo.staff import PASSWORD
from services.sealing import vault_of
from services.settings import Settings
from services.staff import (
    CodeOutcome,
    LoginNameWrong,
    NewStaff,
    PasswordOutcome,
    PasswordTooWeak,
    StaffCodeCheck,
    WorkplaceWrong,
    add_staff,
    end_other_own_sessions,
    enrol_staff,
    enrolment_of,
    forget_old,
    list_own_sessions,
    list_staff,
    names_of_staff,
    prove_staff,
    reset_staff,
    sign_in_staff,
    sign_out_staff,
    signed_in_staff,
)
from services.staff.authenticator import code_at_step, step_at
from services.staff.sessions import CODE_WITHIN, SESSION_IDLE, SESSION_LASTS
from services.staff.tables import AUTHENTICATOR, StaffRecoveryCodeRow, StaffRow, StaffSessionRow
from tests.conftest import NOW

CITY = "shenzhen"
SYSTEM = Actor.system(Channel.COMMAND_LINE)
WORKER = NewStaff("wu.cuizhu", "吴工", ActorKind.COMMUNITY_WORKER, "罗湖区", "翠竹")
LIU = "liu.cuizhu"


def token_after_password(session: Session, login_name: str = LIU, password: str = PASSWORD, **at: datetime) -> str:
    check = sign_in_staff(
        session, login_name=login_name, password=password, address="10.0.0.1", city=CITY, now=at.get("now", NOW)
    )
    assert check.outcome is PasswordOutcome.ACCEPTED
    return check.token


def code_of(session: Session, login_name: str = LIU, at: datetime = NOW) -> str:
    row = session.scalars(select(StaffRow).where(StaffRow.login_name == login_name)).one()
    return code_at_step(vault_of(session).open(row.authenticator_sealed, context=AUTHENTICATOR), step_at(at))


def signed_in(session: Session, at: datetime = NOW) -> StaffCodeCheck:
    return prove_staff(session, token=token_after_password(session, now=at), code=code_of(session, at=at), now=at)


def test_password_and_code_open_a_session_with_role_and_place(session: Session) -> None:
    token = token_after_password(session)
    assert signed_in_staff(session, token=token, now=NOW) is None, "a password alone opens nothing"
    check = prove_staff(session, token=token, code=code_of(session), now=NOW)
    assert check.outcome is CodeOutcome.ACCEPTED
    assert signed_in_staff(session, token=token, now=NOW) is None, "the first token is worth nothing any more"
    liu = signed_in_staff(session, token=check.token, now=NOW)
    assert liu is not None
    assert (liu.role, liu.district, liu.community) == (ActorKind.COMMUNITY_WORKER, "罗湖区", "翠竹")
    actor = liu.acting(Channel.SCREEN)
    assert (actor.staff_id, actor.community, actor.person_id) == (liu.id, "翠竹", None)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.deed == "staff_signed_in"))
    assert entry.actor_staff_id == liu.id
    assert names_of_staff(session, {liu.id}) == {liu.id: "刘工"}


@pytest.mark.parametrize(("login_name", "password"), [(LIU, "wrong password"), ("nobody.here", PASSWORD), ("", "")])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    session: Session, login_name: str, password: str
) -> None:
    check = sign_in_staff(session, login_name=login_name, password=password, address="10.0.0.1", city=CITY, now=NOW)
    assert check.outcome is PasswordOutcome.WRONG
    assert check.token == ""


def test_guessing_passwords_is_stopped_even_before_the_right_one(session: Session) -> None:
    for password in [*(f"guess {number}" for number in range(10)), PASSWORD]:
        check = sign_in_staff(session, login_name=LIU, password=password, address="10.0.0.1", city=CITY, now=NOW)
    assert check.outcome is PasswordOutcome.TOO_MANY
    assert check.wait_seconds > 0
    later = NOW + timedelta(minutes=15)
    assert token_after_password(session, now=later)


def test_a_code_counts_once(session: Session) -> None:
    first = signed_in(session)
    again = prove_staff(session, token=token_after_password(session), code=code_of(session), now=NOW)
    assert (first.outcome, again.outcome, again.tries_left) == (CodeOutcome.ACCEPTED, CodeOutcome.WRONG, 4)
    (liu, *_) = list_demo_staff(session, Actor.system(Channel.SCREEN), now=NOW)
    assert prove_staff(session, token=token_after_password(session), code=liu.code, now=NOW).outcome == "accepted"


def test_five_wrong_codes_end_the_sign_in(session: Session) -> None:
    token = token_after_password(session)
    outcomes = [prove_staff(session, token=token, code="000000", now=NOW).outcome for _ in range(6)]
    assert outcomes == [CodeOutcome.WRONG] * 4 + [CodeOutcome.NO_TRIES_LEFT] * 2
    assert prove_staff(session, token=token, code=code_of(session), now=NOW).outcome is CodeOutcome.NO_TRIES_LEFT


def test_trying_codes_over_many_sign_ins_is_stopped_too(session: Session) -> None:
    for _ in range(4):
        token = token_after_password(session)
        for _ in range(5):
            prove_staff(session, token=token, code="000000", now=NOW)
    check = prove_staff(session, token=token_after_password(session), code=code_of(session), now=NOW)
    assert check.outcome is CodeOutcome.TOO_MANY


def test_the_code_must_come_within_a_quarter_of_an_hour(session: Session) -> None:
    token = token_after_password(session)
    late = NOW + CODE_WITHIN
    assert prove_staff(session, token=token, code=code_of(session, at=late), now=late).outcome is CodeOutcome.EXPIRED
    assert prove_staff(session, token="never", code="000000", now=NOW).outcome is CodeOutcome.EXPIRED


def test_a_session_ends_when_it_is_left_alone_and_after_twelve_hours(session: Session) -> None:
    token = signed_in(session).token
    at = NOW
    while at - NOW < SESSION_LASTS - timedelta(minutes=20):
        at += timedelta(minutes=20)
        assert signed_in_staff(session, token=token, now=at) is not None
    assert signed_in_staff(session, token=token, now=NOW + SESSION_LASTS) is None
    tomorrow = NOW + timedelta(days=1)
    token = signed_in(session, at=tomorrow).token
    assert signed_in_staff(session, token=token, now=tomorrow + SESSION_IDLE) is None


def test_she_sees_where_she_is_signed_in_and_signs_out_everywhere_else(session: Session) -> None:
    later = NOW + timedelta(minutes=5)
    forgotten, here = signed_in(session).token, signed_in(session, at=later).token
    liu = signed_in_staff(session, token=here, now=later)
    assert liu is not None
    listed = list_own_sessions(session, liu.acting(Channel.SCREEN), token=here, now=later)
    assert [it.is_this_one for it in listed] == [True, False]
    with pytest.raises(NotAllowed):
        list_own_sessions(session, Actor.senior(new_id(), Channel.SCREEN), token=here, now=later)
    assert end_other_own_sessions(session, liu.acting(Channel.SCREEN), token=here, now=later) == 1
    assert end_other_own_sessions(session, liu.acting(Channel.SCREEN), token=here, now=later) == 0
    assert signed_in_staff(session, token=forgotten, now=later) is None
    assert signed_in_staff(session, token=here, now=later) is not None
    deed = session.scalars(select(AuditEntry).where(AuditEntry.deed == "staff_sessions_ended")).one()
    assert (deed.actor_staff_id, deed.facts) == (liu.id, {"count": 1})


def test_signing_out_ends_the_session(session: Session) -> None:
    token = signed_in(session).token
    sign_out_staff(session, token=token, now=NOW)
    assert signed_in_staff(session, token=token, now=NOW) is None


def test_the_first_sign_in_takes_an_own_password_and_the_authenticator(session: Session) -> None:
    added, handed_out = add_staff(session, SYSTEM, WORKER, city=CITY, now=NOW)
    assert not added.is_enrolled
    token = token_after_password(session, "wu.cuizhu", handed_out)
    # The code of an authenticator that was never shown to her does not count yet.
    assert prove_staff(session, token=token, code=code_of(session, "wu.cuizhu"), now=NOW).outcome is CodeOutcome.WRONG
    shown = enrolment_of(session, token=token, now=NOW)
    assert shown is not None
    assert shown.secret in shown.address
    with pytest.raises(PasswordTooWeak):
        enrol_staff(session, token=token, code="000000", password="short", now=NOW)
    wrong = enrol_staff(session, token=token, code="000000", password="an own password", now=NOW)
    assert (wrong.check.outcome, wrong.recovery_codes) == (CodeOutcome.WRONG, ())
    code = code_at_step(shown.secret, step_at(NOW))
    done = enrol_staff(session, token=token, code=code, password="an own password", now=NOW)
    assert done.check.outcome is CodeOutcome.ACCEPTED
    assert signed_in_staff(session, token=done.check.token, now=NOW) is not None
    again = token_after_password(session, "wu.cuizhu", "an own password")
    assert enrolment_of(session, token=again, now=NOW) is None, "the secret is shown at the first sign-in only"
    late = enrol_staff(session, token=again, code=code, password="another password", now=NOW)
    assert late.check.outcome is CodeOutcome.EXPIRED


def test_a_recovery_code_stands_in_for_the_authenticator_once(session: Session) -> None:
    _, handed_out = add_staff(session, SYSTEM, WORKER, city=CITY, now=NOW)
    token = token_after_password(session, "wu.cuizhu", handed_out)
    shown = enrolment_of(session, token=token, now=NOW)
    assert shown is not None
    code = code_at_step(shown.secret, step_at(NOW))
    codes = enrol_staff(session, token=token, code=code, password="an own password", now=NOW).recovery_codes
    stored = session.scalars(select(StaffRecoveryCodeRow.code_hash)).all()
    assert len(codes) == len(stored) == 10
    assert not any(codes[0].encode() in each for each in stored)
    outcomes = [
        prove_staff(
            session, token=token_after_password(session, "wu.cuizhu", "an own password"), code=codes[0].lower(), now=NOW
        ).outcome
        for _ in range(2)
    ]
    assert outcomes == [CodeOutcome.ACCEPTED, CodeOutcome.WRONG]


def test_a_reset_ends_everything_and_starts_anew(session: Session) -> None:
    token = signed_in(session).token
    password = reset_staff(session, SYSTEM, login_name=LIU, city=CITY, now=NOW)
    assert signed_in_staff(session, token=token, now=NOW) is None
    check = sign_in_staff(session, login_name=LIU, password=PASSWORD, address="10.0.0.1", city=CITY, now=NOW)
    assert check.outcome is PasswordOutcome.WRONG
    assert enrolment_of(session, token=token_after_password(session, LIU, password), now=NOW) is not None
    with pytest.raises(LoginNameWrong):
        reset_staff(session, SYSTEM, login_name="nobody", city=CITY, now=NOW)


@pytest.mark.parametrize(
    ("new", "refused"),
    [
        (NewStaff("Wu", "吴工", ActorKind.OPERATOR), LoginNameWrong),
        (NewStaff(LIU, "刘工", ActorKind.OPERATOR), LoginNameWrong),
        (NewStaff("wu.cuizhu", "吴工", ActorKind.COMMUNITY_WORKER), WorkplaceWrong),
        (NewStaff("wu.cuizhu", "吴工", ActorKind.COMMUNITY_WORKER, None, "翠竹"), WorkplaceWrong),
        (NewStaff("wu.shi", "吴科", ActorKind.OPERATOR, "罗湖区", "翠竹"), WorkplaceWrong),
        (NewStaff("wu.shi", "吴科", ActorKind.SENIOR), WorkplaceWrong),
        (NewStaff("wu.shi", "吴科", ActorKind.OPERATOR, workplace_id=new_id()), WorkplaceWrong),
        (NewStaff("wu.fantang", "吴师傅", ActorKind.CANTEEN), WorkplaceWrong),
        (NewStaff("wu.fantang", "吴师傅", ActorKind.CANTEEN, "罗湖区", "翠竹", new_id()), WorkplaceWrong),
    ],
)
def test_an_account_needs_a_free_name_and_a_fitting_place(
    session: Session, new: NewStaff, refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        add_staff(session, SYSTEM, new, city=CITY, now=NOW)


def test_only_the_system_manages_accounts(session: Session) -> None:
    (liu, *_) = list_staff(session, SYSTEM, city=CITY)
    worker = liu.acting(Channel.SCREEN)
    for refused in (
        lambda: add_staff(session, worker, WORKER, city=CITY, now=NOW),
        lambda: list_staff(session, worker, city=CITY),
        lambda: reset_staff(session, worker, login_name=LIU, city=CITY, now=NOW),
        lambda: list_demo_staff(session, worker, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_old_sessions_are_forgotten(session: Session) -> None:
    signed_in(session)
    forget_old(session, now=NOW + timedelta(days=31))
    assert session.scalars(select(StaffSessionRow)).all() == []


def test_the_command_adds_lists_and_resets(
    own_database: object, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", own_database.url)  # type: ignore[attr-defined]
    monkeypatch.setenv("YINIAN_VAR_DIR", str(settings.var_dir))
    place = ["--role", "community_worker", "--district", "罗湖区", "--community", "翠竹"]
    assert main(["staff", "add", "wu.cuizhu", "吴工", *place]) == 0
    assert "password for the first sign-in" in capsys.readouterr().out
    assert main(["staff", "list"]) == 0
    assert "wu.cuizhu\tcommunity_worker\t罗湖区 翠竹\t吴工\tnot enrolled" in capsys.readouterr().out
    assert main(["staff", "reset", "wu.cuizhu"]) == 0
    assert "password for the first sign-in" in capsys.readouterr().out
    assert main(["staff", "add", "wu.cuizhu", "吴工", *place]) == 2
    assert "login_name_wrong" in capsys.readouterr().err
