"""What each kind of long work is: a use case, and what of its report an operator reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services import allowances
from services.actor import Actor, ActorKind, Channel
from services.long_work.asking import WorkKind
from services.long_work.tables import LongWorkRow
from services.long_work.uploads import open_upload
from services.registry import import_extract
from services.worker_tasks.following import follow_people

# Of a file full of mistakes the first ones tell what is wrong with it.
REJECTIONS_KEPT = 1000

Progress = Callable[[str, int, int], None]
Report = dict[str, Any]


def _operator(work: LongWorkRow) -> Actor:
    return Actor.staff(ActorKind.OPERATOR, work.asked_by, Channel.JOB)


def _import(session: Session, work: LongWorkRow, now: datetime, tell: Progress) -> Report:
    with open_upload(session, work.id) as file:
        report = import_extract(
            session,
            _operator(work),
            file,
            city=work.city,
            now=now,
            tell=lambda rows: tell("rows_read", rows, 0),
            confirmed=work.asked.get("confirmed", False),
        )
    # Who came to another community, or whose community was named for the first time, takes her tasks along.
    follow_people(session)
    return {
        "kind": report.kind.value,
        "source": report.source,
        "extract_on": report.extract_on.isoformat(),
        "counts": asdict(report.counts),
        "rejections": [
            {"line": each.line, "column": each.column, "code": each.code}
            for each in report.rejections[:REJECTIONS_KEPT]
        ],
        "imported_before_at": report.imported_before_at.isoformat() if report.imported_before_at else None,
    }


def _screen(session: Session, work: LongWorkRow, now: datetime, tell: Progress) -> Report:
    report = allowances.screen(
        session,
        _operator(work),
        city=work.city,
        as_of=date.fromisoformat(work.asked["as_of"]),
        now=now,
        progress=tell,
        even_if_in_doubt=work.asked.get("even_if_in_doubt", False),
    )
    return asdict(report) | {"as_of": report.as_of.isoformat()}


def _list_month(session: Session, work: LongWorkRow, now: datetime, tell: Progress) -> Report:
    tell("listing", 0, 0)
    month = date.fromisoformat(work.asked["month"])
    run = allowances.list_month(session, _operator(work), city=work.city, month=month, now=now)
    return {"run_id": str(run.id), "to_pay_fen": run.to_pay_fen, "held_fen": run.held_fen}


def _pay_month(session: Session, work: LongWorkRow, now: datetime, tell: Progress) -> Report:
    tell("paying", 0, 0)
    run = allowances.pay_month(session, _operator(work), run_id=UUID(work.asked["run_id"]), now=now)
    return {"run_id": str(run.id), "to_pay_fen": run.to_pay_fen, "held_fen": run.held_fen}


CARRIED_OUT: dict[WorkKind, Callable[[Session, LongWorkRow, datetime, Progress], Report]] = {
    WorkKind.IMPORT: _import,
    WorkKind.SCREENING: _screen,
    WorkKind.LIST_MONTH: _list_month,
    WorkKind.PAY_MONTH: _pay_month,
}
