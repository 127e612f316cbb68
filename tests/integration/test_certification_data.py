"""Certification by data: signals that are strong enough together, samples, proofs shared with other offices."""

from __future__ import annotations

import io
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from services.actor import NotAllowed
from services.allowances import CaseState, get_case
from services.certification import (
    ClosingReport,
    EvidenceKind,
    OpeningReport,
    PartnerUnknown,
    ProofCounts,
    certification_of,
    certify_by_data,
    certify_self,
    close_campaign,
    command,
    decide_missed,
    export_proofs,
    import_proofs,
    look_after_certification,
    open_campaign,
    record_visit,
    send_reminders,
    sharings_of,
    start_self_certification,
)
from services.certification.tables import ProofRow, SharingRow, SignalRow
from services.clock import FixedClock
from services.database import Database, unit_of_work
from services.people import Person, PersonRow
from services.registry import ExtractUnusable
from services.worker_tasks import TaskKind
from tests.certifying import (
    AFTER,
    CITY,
    HALFWAY,
    NEXT_OPENING,
    OPENING,
    SYSTEM,
    begin_empty,
    id_number_of,
    member_of,
    paid_case,
    paid_copies,
    proof_file,
    speaking,
    tasks_about,
    texts_to,
    worker_of,
)
from tests.conftest import person_named

BEFORE = OPENING - timedelta(days=2)


@pytest.fixture(autouse=True)
def nobody_is_paid_yet(session: Session) -> None:
    begin_empty(session)


@pytest.fixture
def case_id(session: Session, wang: Person) -> UUID:
    """王秀珍 is paid."""
    return paid_case(session, wang)


def said_before(session: Session, person: Person, *signals: tuple[str, str, str]) -> None:
    """Other offices (source, evidence, day) have said this before the campaign opens."""
    for source, kind, day in signals:
        file = proof_file(session, [(person, kind, day)], source=source, as_of="2026-10-30")
        import_proofs(session, SYSTEM, file, city=CITY, now=BEFORE)


def opened(session: Session) -> OpeningReport:
    return open_campaign(session, SYSTEM, city=CITY, now=OPENING)


# --- signals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signals", "evidence"),
    [
        # Her card alone, however often: somebody else may use it.
        ([("card_bank", "card_activity", "2026-10-28"), ("card_bank", "card_activity", "2026-10-29")], None),
        # An officer of social insurance saw her: enough, and shared.
        ([("social_insurance", "pension_certification", "2026-10-20")], EvidenceKind.SHARED),
        # So long ago that it says nothing of now.
        ([("social_insurance", "pension_certification", "2026-07-03")], None),
        ([("social_insurance", "pension_certification", "2026-07-04")], EvidenceKind.SHARED),
        # One visit to a hospital is not enough, with her card it is.
        ([("health_commission", "hospital_visit", "2026-10-20")], None),
        (
            [("health_commission", "hospital_visit", "2026-10-20"), ("card_bank", "card_activity", "2026-10-28")],
            EvidenceKind.DATA_MATCH,
        ),
    ],
)
def test_signals_certify_from_the_threshold_on(
    session: Session, wang: Person, case_id: UUID, signals: list[tuple[str, str, str]], evidence: EvidenceKind | None
) -> None:
    said_before(session, wang, *signals)
    report = opened(session)
    status = certification_of(session, speaking(wang), person_id=wang.id, now=OPENING)
    assert (status.due, status.evidence) == (evidence is None, evidence)
    assert report.matched == ({evidence: 1} if evidence else {})


def test_an_assessment_of_her_ability_counts_without_any_file(session: Session, wang: Person, case_id: UUID) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(ability_assessed_on=date(2026, 9, 1)))
    assert opened(session).matched == {EvidenceKind.DATA_MATCH: 1}


def test_a_sender_who_is_not_sure_of_her_counts_for_less(session: Session, wang: Person, case_id: UUID) -> None:
    lines = [
        "#certification=proofs,source=social_insurance,as_of=2026-10-30",
        "身份证号,姓名,证据,日期,可信度",
        f"{id_number_of(session, wang)},{wang.name},退休待遇资格认证,2026-10-20,90",
    ]
    file = io.BytesIO("\n".join(lines).encode("gb18030"))
    assert import_proofs(session, SYSTEM, file, city=CITY, now=BEFORE).counts == ProofCounts(new=1)
    assert opened(session).matched == {}


def test_whoever_is_in_doubt_is_not_certified_by_data(session: Session, wang: Person, case_id: UUID) -> None:
    said_before(session, wang, ("social_insurance", "pension_certification", "2026-10-20"))
    session.execute(
        text(
            "WITH i AS (INSERT INTO registry_imports (id, city, kind, source, extract_on, file_digest, counts,"
            " imported_at) VALUES (gen_random_uuid(), 'shenzhen', 'deaths', 'x', '2026-10-01', 'x', '{}', now())"
            " RETURNING id) INSERT INTO registry_findings (id, city, kind, id_number_index, person_id, fingerprint,"
            " facts, status, has_changed, found_at, import_id) SELECT gen_random_uuid(), 'shenzhen', 'dead_and_alive',"
            " 'x', :id, 'x', '{}', 'open', FALSE, now(), i.id FROM i"
        ),
        {"id": wang.id},
    )
    assert opened(session).matched == {}


def test_who_was_matched_is_told_once_that_nothing_is_to_be_done(session: Session, wang: Person, case_id: UUID) -> None:
    lin = person_named(session, "林国华")
    paid_case(session, lin)
    said_before(session, wang, ("social_insurance", "pension_certification", "2026-10-20"))
    session.execute(update(PersonRow).where(PersonRow.id == lin.id).values(ability_assessed_on=date(2026, 9, 1)))
    opened(session)
    assert send_reminders(session, SYSTEM, city=CITY, now=OPENING).told_done == 2
    assert not send_reminders(session, SYSTEM, city=CITY, now=HALFWAY).anybody
    assert texts_to(session, wang) == ["certification_shared"]
    assert texts_to(session, lin) == ["certification_matched"]


def test_a_sample_of_those_whom_only_data_certified_is_visited(session: Session, wang: Person, case_id: UUID) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(ability_assessed_on=date(2026, 9, 1)))
    paid_copies(session, wang, 1999)
    report = opened(session)
    assert report.matched == {EvidenceKind.DATA_MATCH: 2000}
    # Ten of a thousand, drawn by chance that is fixed by the ids.
    assert 5 <= report.sampled <= 40


def test_a_visit_to_a_sample_can_take_the_match_back(session: Session, wang: Person, case_id: UUID) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(ability_assessed_on=date(2026, 9, 1)))
    opened(session)
    member_of(session, wang).sampled = True
    report = send_reminders(session, SYSTEM, city=CITY, now=OPENING)
    assert (report.told_done, report.to_workers) == (1, 1)
    (task,) = tasks_about(session, wang, OPENING)
    assert task.facts["because"] == "sample_audit"
    status = record_visit(session, worker_of(wang), person_id=wang.id, passed=False, reason="不住这里", now=HALFWAY)
    assert status.due
    # Data alone do not certify her again.
    certify_by_data(session, SYSTEM, city=CITY, now=HALFWAY)
    assert certification_of(session, speaking(wang), person_id=wang.id, now=HALFWAY).due


def test_a_sample_that_is_in_order_stays_certified(session: Session, wang: Person, case_id: UUID) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(ability_assessed_on=date(2026, 9, 1)))
    opened(session)
    member_of(session, wang).sampled = True
    send_reminders(session, SYSTEM, city=CITY, now=OPENING)
    status = record_visit(session, worker_of(wang), person_id=wang.id, passed=True, reason="在家", now=HALFWAY)
    assert (status.due, status.evidence) == (False, EvidenceKind.DATA_MATCH)
    assert tasks_about(session, wang, HALFWAY) == []


def test_a_match_taken_back_after_the_end_goes_to_a_worker(session: Session, wang: Person, case_id: UUID) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(ability_assessed_on=date(2026, 9, 1)))
    opened(session)
    member_of(session, wang).sampled = True
    close_campaign(session, SYSTEM, city=CITY, now=AFTER)
    status = record_visit(session, worker_of(wang), person_id=wang.id, passed=False, reason="查无此人", now=AFTER)
    assert status.missed
    (task,) = tasks_about(session, wang, AFTER)
    assert task.kind is TaskKind.MISSED_CERTIFICATION


# --- proofs that come in --------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    rows = [(wang, "pension_certification", "2026-11-09")]
    first = import_proofs(session, SYSTEM, proof_file(session, rows), city=CITY, now=HALFWAY)
    assert (first.counts, first.certified) == (ProofCounts(new=1), 1)
    again = import_proofs(session, SYSTEM, proof_file(session, rows), city=CITY, now=HALFWAY)
    assert again.imported_before_at == HALFWAY
    gb18030 = proof_file(session, rows, encoding="gb18030")
    stated_again = import_proofs(session, SYSTEM, gb18030, city=CITY, now=HALFWAY)
    assert (stated_again.counts, stated_again.certified) == (ProofCounts(unchanged=1), 0)
    assert len(session.scalars(select(SignalRow)).all()) == 1
    assert len(session.scalars(select(ProofRow)).all()) == 1
    (proof,) = session.scalars(select(ProofRow))
    assert (proof.source, proof.proven_on, proof.confidence) == ("social_insurance", date(2026, 11, 9), 100)


def test_bad_rows_are_reported_by_line_and_the_others_are_taken(session: Session, wang: Person, case_id: UUID) -> None:
    lin = person_named(session, "林国华")
    session.execute(update(PersonRow).where(PersonRow.id == lin.id).values(died_on=date(2026, 11, 1)))
    hers = id_number_of(session, wang)
    lines = [
        "#certification=proofs,source=social_insurance,as_of=2026-11-10",
        "id_number,name,evidence,seen_on,confidence",
        f"{hers},{wang.name},pension_certification,2026-11-09,100",
        f"{hers},{wang.name},pension_certification,2026-11-09,",
        f"{hers},{wang.name},pension_certification,2026-11-11,",
        f"{hers},{wang.name},card_activity,2026-11-09,",
        f"{hers},{wang.name},hearsay,2026-11-09,",
        f"{hers},别人,pension_certification,2026-11-08,",
        f"{hers},{wang.name},pension_certification,2026-11-08,101",
        f"{hers[:-1]},{wang.name},pension_certification,2026-11-08,",
        f"{hers},=cmd(),pension_certification,2026-11-08,",
        f"{hers},{wang.name},,2026-11-08,",
        "one cell",
        f"{id_number_of(session, lin)},{lin.name},pension_certification,2026-11-05,",
        "11010519491231002X,某人,pension_certification,2026-11-05,",
    ]
    file = io.BytesIO("\n".join(lines).encode())
    report = import_proofs(session, SYSTEM, file, city=CITY, now=HALFWAY)
    assert report.counts == ProofCounts(new=1, unchanged=1, not_ours=1, rejected=10)
    assert [(each.line, each.column, each.code) for each in report.rejections] == [
        (5, "seen_on", "after_extract"),
        (6, "evidence", "not_agreed"),
        (7, "evidence", "choice_wrong"),
        (8, "name", "name_differs"),
        (9, "confidence", "confidence_wrong"),
        (10, "id_number", "id_number_wrong"),
        (11, "name", "formula"),
        (12, "evidence", "missing"),
        (13, None, "number_of_cells_wrong"),
        (14, "seen_on", "after_death"),
    ]
    printed = "\n".join(command.import_lines(report))
    assert wang.name not in printed
    assert hers not in printed


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1"),
        ("id_number,name\n", "line 1"),
        ("#registry=deaths,source=x,extract_on=2026-11-01\n", "line 1"),
        ("#certification=proofs,source=tax_office,as_of=2026-11-01\nid_number", "no agreement"),
        ("#certification=proofs,source=card_bank,as_of=2026-11-31\nid_number", "line 1"),
        ("#certification=proofs,source=card_bank,as_of=2026-12-31\nid_number,name,evidence,seen_on", "still to come"),
        (
            "#certification=proofs,source=card_bank,as_of=2026-11-01\nid_number,name,evidence",
            "missing columns: seen_on",
        ),
        ("#certification=proofs,source=card_bank,as_of=2026-11-01\nid_number,phone", "unknown column in cell 2"),
        ("#certification=proofs,source=card_bank,as_of=2026-11-01\nname,姓名", "twice"),
    ],
)
def test_a_file_of_another_form_is_refused_as_a_whole(session: Session, content: str, told: str) -> None:
    with pytest.raises(ExtractUnusable, match=told):
        import_proofs(session, SYSTEM, io.BytesIO(content.encode()), city=CITY, now=HALFWAY)
    assert session.scalars(select(SharingRow)).all() == []


def test_a_proof_that_comes_in_settles_what_was_asked_of_workers(session: Session, wang: Person, case_id: UUID) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(resident=False))
    opened(session)
    send_reminders(session, SYSTEM, city=CITY, now=OPENING)
    assert len(tasks_about(session, wang, OPENING)) == 1
    file = proof_file(session, [(wang, "pension_certification", "2026-11-09")])
    assert import_proofs(session, SYSTEM, file, city=CITY, now=HALFWAY).certified == 1
    assert tasks_about(session, wang, HALFWAY) == []
    assert certification_of(session, speaking(wang), person_id=wang.id, now=HALFWAY).evidence is EvidenceKind.SHARED


def test_a_proof_that_comes_late_brings_the_payment_back(session: Session, wang: Person, case_id: UUID) -> None:
    opened(session)
    close_campaign(session, SYSTEM, city=CITY, now=AFTER)
    decide_missed(session, worker_of(wang), person_id=wang.id, suspend=True, reason="联系不上", now=AFTER)
    later = AFTER + timedelta(days=20)
    file = proof_file(session, [(wang, "pension_certification", "2026-12-15")], as_of="2026-12-16")
    assert import_proofs(session, SYSTEM, file, city=CITY, now=later).certified == 1
    assert get_case(session, SYSTEM, case_id=case_id).state is CaseState.ACTIVE
    assert texts_to(session, wang) == ["allowance_suspended", "allowance_resumed"]


def test_what_data_say_in_the_next_campaign_brings_the_payment_back(
    session: Session, wang: Person, case_id: UUID
) -> None:
    opened(session)
    close_campaign(session, SYSTEM, city=CITY, now=AFTER)
    decide_missed(session, worker_of(wang), person_id=wang.id, suspend=True, reason="联系不上", now=AFTER)
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(ability_assessed_on=date(2027, 4, 1)))
    report = open_campaign(session, SYSTEM, city=CITY, now=NEXT_OPENING)
    assert report.matched == {EvidenceKind.DATA_MATCH: 1}
    assert get_case(session, SYSTEM, case_id=case_id).state is CaseState.ACTIVE
    assert not certification_of(session, speaking(wang), person_id=wang.id, now=NEXT_OPENING).suspended


def test_a_late_proof_before_anybody_decided_closes_the_question_and_tells_her(
    session: Session, wang: Person, case_id: UUID
) -> None:
    opened(session)
    close_campaign(session, SYSTEM, city=CITY, now=AFTER)
    file = proof_file(session, [(wang, "pension_certification", "2026-11-09")])
    import_proofs(session, SYSTEM, file, city=CITY, now=AFTER)
    assert tasks_about(session, wang, AFTER) == []
    assert texts_to(session, wang) == ["certification_done"]


# --- proofs that go out ---------------------------------------------------------------------------


def test_what_a_person_did_here_is_given_once_and_stands_in_the_ledger(
    session: Session, wang: Person, case_id: UUID
) -> None:
    lin = person_named(session, "林国华")
    paid_case(session, lin)
    said_before(session, lin, ("social_insurance", "pension_certification", "2026-10-20"))
    opened(session)
    challenge = start_self_certification(session, speaking(wang), person_id=wang.id, now=HALFWAY)
    certify_self(
        session,
        speaking(wang),
        person_id=wang.id,
        challenge_id=challenge.id,
        digits_heard=challenge.digits,
        now=HALFWAY,
    )
    export = export_proofs(session, SYSTEM, city=CITY, partner="social_insurance", now=HALFWAY)
    assert export.content.splitlines() == [
        "#certification=proofs,source=civil_affairs,as_of=2026-11-15",
        "id_number,name,evidence,seen_on,confidence",
        f"{id_number_of(session, wang)},王秀珍,self,2026-11-15,100",
    ]
    sharing = session.get_one(SharingRow, export.sharing_id)
    assert (sharing.direction, sharing.partner, sharing.agreement) == ("given", "social_insurance", "信息数据保密协议")
    (given,) = sharings_of(session, speaking(wang), person_id=wang.id)
    assert (given.direction, given.partner, given.what, given.seen_on) == (
        "given",
        "social_insurance",
        "self",
        date(2026, 11, 15),
    )
    (received,) = sharings_of(session, worker_of(lin), person_id=lin.id)
    assert (received.direction, received.agreement, received.what) == (
        "received",
        "信息数据保密协议",
        "pension_certification",
    )
    with pytest.raises(NotAllowed):
        sharings_of(session, speaking(lin), person_id=wang.id)
    assert export_proofs(session, SYSTEM, city=CITY, partner="social_insurance", now=HALFWAY).rows == 0
    assert export_proofs(session, SYSTEM, city=CITY, partner="social_insurance", now=HALFWAY, again=True).rows == 1


def test_nothing_is_given_without_an_agreement_or_by_a_worker(session: Session, wang: Person) -> None:
    for partner in ("card_bank", "tax_office"):
        with pytest.raises(PartnerUnknown):
            export_proofs(session, SYSTEM, city=CITY, partner=partner, now=HALFWAY)
    with pytest.raises(NotAllowed):
        export_proofs(session, worker_of(wang), city=CITY, partner="social_insurance", now=HALFWAY)
    with pytest.raises(NotAllowed):
        import_proofs(session, worker_of(wang), io.BytesIO(), city=CITY, now=HALFWAY)


def test_a_name_that_a_spreadsheet_would_run_is_made_harmless(session: Session, wang: Person, case_id: UUID) -> None:
    session.execute(update(PersonRow).where(PersonRow.id == wang.id).values(name="=2+2"))
    opened(session)
    record_visit(session, worker_of(wang), person_id=wang.id, passed=True, reason="在家", now=HALFWAY)
    export = export_proofs(session, SYSTEM, city=CITY, partner="social_insurance", now=HALFWAY)
    assert ",'=2+2,visit," in export.content


# --- the command line and the clock ---------------------------------------------------------------


def test_the_whole_campaign_from_the_command_line(
    own_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with unit_of_work(own_database.sessions) as session:
        begin_empty(session)
        wang, lin = (person_named(session, name) for name in ("王秀珍", "林国华"))
        paid_case(session, wang)
        paid_case(session, lin)
        incoming = tmp_path / "in.csv"
        incoming.write_bytes(
            proof_file(session, [(wang, "pension_certification", "2026-10-20")], as_of="2026-10-30").read()
        )
    outgoing = tmp_path / "out.csv"

    def run(now: object, **said: object) -> tuple[int, str, str]:
        arguments = Namespace(**{"although_many_missed": False, "to": "social_insurance", "again": False} | said)
        code = command.run(arguments, own_database, FixedClock(now), city=CITY)  # type: ignore[arg-type]
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    code, out, _ = run(BEFORE, deed="import", file=incoming)
    assert (code, "new" in out, "certified" in out) == (0, True, True)
    assert "nothing changed" in run(BEFORE, deed="import", file=incoming)[1]
    assert run(BEFORE, deed="open")[0] == 2
    code, out, _ = run(OPENING, deed="open")
    assert code == 0
    assert "campaign 2026-11, 2026-11-01 to 2026-11-30" in out
    assert "by shared                        1" in out
    assert "nothing changed" in run(HALFWAY, deed="open")[1]
    assert "asked                            1" in run(OPENING, deed="remind")[1]
    assert "0 proofs for social_insurance" in run(HALFWAY, deed="export", file=outgoing)[1]
    code, _, err = run(HALFWAY, deed="export", file=outgoing)
    assert (code, "exists" in err) == (2, True)
    assert run(HALFWAY, deed="close")[0] == 2
    assert "missed                           1" in run(AFTER, deed="close")[1]
    assert "the next begins on 2027-05-01" in run(AFTER, deed="close")[1]
    assert run(AFTER, deed="import", file=tmp_path / "none.csv")[0] == 2


def test_two_workers_at_once_tell_nobody_twice(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        begin_empty(session)
        for name in ("王秀珍", "林国华", "黄婉仪"):
            paid_case(session, person_named(session, name))
        opened(session)
    with unit_of_work(own_database.sessions) as one, unit_of_work(own_database.sessions) as other:
        told = [send_reminders(each, SYSTEM, city=CITY, now=OPENING, limit=2).asked for each in (one, other)]
    assert told == [2, 1]


def test_certified_at_the_moment_of_closing_nobody_is_asked_about_her(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        begin_empty(session)
        wang = person_named(session, "王秀珍")
        paid_case(session, wang)
        opened(session)
    with ThreadPoolExecutor(1) as elsewhere:
        with unit_of_work(own_database.sessions) as visiting:
            record_visit(visiting, worker_of(wang), person_id=wang.id, passed=True, reason="在家", now=HALFWAY)
            closing = elsewhere.submit(_close, own_database)
            # It waits for the visit, which is not committed yet.
            assert wait([closing], timeout=0.3).not_done
        assert closing.result().missed == 0
    with unit_of_work(own_database.sessions) as session:
        assert tasks_about(session, wang, AFTER) == []


def _close(database: Database) -> ClosingReport:
    with unit_of_work(database.sessions) as session:
        (report,) = close_campaign(session, SYSTEM, city=CITY, now=AFTER)
    return report


def test_by_the_clock_a_campaign_opens_reminds_and_closes(own_database: Database) -> None:
    with unit_of_work(own_database.sessions) as session:
        begin_empty(session)
        wang = person_named(session, "王秀珍")
        paid_case(session, wang)
    for days in (-1, 0, 0, 15, 27, 30, 31):
        look_after_certification(own_database.sessions, city=CITY, now=OPENING + timedelta(days=days))
    with unit_of_work(own_database.sessions) as session:
        assert texts_to(session, wang) == ["certification_due", "certification_reminder", "certification_reminder"]
        (task,) = tasks_about(session, wang, AFTER)
        assert task.kind is TaskKind.MISSED_CERTIFICATION
