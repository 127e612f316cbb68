"""The workers and the operator of the simulated city. They take their time, decide every task by what they know of the
person, and write down what they decided."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services import allowances
from services.actor import Actor, ActorKind, Channel
from services.allowances import PaymentRun, ReturnCode, RunState
from services.certification import current_campaign
from services.clock import local_day
from services.database import Database, new_id, unit_of_work
from services.decisions import Choice, decide
from services.registry import Settlement
from services.simulation.people import PLACES, Answer, Resident, Story
from services.simulation.seniors import Seniors
from services.worker_tasks import TaskKind, WorkerTask, list_tasks

MOST_TASKS = 10_000
LIST_DAY, AUDIT_DAY, PAY_DAY, RETURN_DAY = 8, 14, 19, 25
REASON = "looked into it"
# What somebody did by hand and has no consequence here.
SETTLED = (TaskKind.NO_CARD, TaskKind.UNDELIVERED, TaskKind.HELP_WANTED, TaskKind.BANK_RETURN, TaskKind.UNCLEAR_REPLY)
# One line for each payment: its person's first.
FIRST_PAID = text("""
SELECT DISTINCT ON (person_id) id, person_id FROM payment_lines
WHERE run_id = :run_id AND status = 'paid' ORDER BY person_id, id
""")


class Workers:
    """One worker for each community."""

    def __init__(self, database: Database, residents: list[Resident], seniors: Seniors) -> None:
        self._database, self._seniors = database, seniors
        self._by_id = {each.person_id: each for each in residents}
        self._actors = [
            Actor.staff(ActorKind.COMMUNITY_WORKER, new_id(), Channel.SCREEN, community, district)
            for district, _, community in PLACES
        ]
        self.decided = 0

    def decide_everything(self, day: date, now: datetime) -> bool:
        """Decide every task that has waited for as long as this worker needs; whether there was any."""
        before = self.decided
        for actor in self._actors:
            with unit_of_work(self._database.sessions) as session:
                for task in list_tasks(session, actor, now=now, limit=MOST_TASKS):
                    self._look_at(session, actor, task, day, now)
        return self.decided > before

    def _look_at(self, session: Session, actor: Actor, task: WorkerTask, day: date, now: datetime) -> None:
        resident = self._by_id.get(task.person_id)
        if resident is None or local_day(task.opened_at) + timedelta(days=resident.patience) > day:
            return
        choice = self._choice(task, resident, day)
        if choice is not None:
            decide(session, actor, task_id=task.id, choice=choice, reason=REASON, now=now)
            self.decided += 1
            self._write_down(task, resident, choice, day)

    def _choice(self, task: WorkerTask, resident: Resident, day: date) -> Choice | Settlement | None:
        kind = task.kind
        if kind is TaskKind.DOUBTFUL_MATCH:
            # She has seen the papers: the household register is right.
            return Settlement.NOTHING_TO_CHANGE
        if kind in SETTLED:
            return Choice.SETTLE
        if kind is TaskKind.REVIEW:
            return Choice.APPROVE
        if kind is TaskKind.STOP_DECISION:
            return self._about_stopping(resident)
        if kind is TaskKind.MISSED_CERTIFICATION:
            missed = resident.story in (Story.CERTIFIED_LATE, Story.NEVER_CERTIFIED)
            return Choice.SUSPEND if missed else Choice.KEEP
        if kind is TaskKind.ADJUSTMENT:
            leaves = resident.story is Story.BORN_LATER and resident.number % 2 == 1
            return Choice.LEAVE if leaves else Choice.CORRECT
        if kind is TaskKind.CERTIFICATION_VISIT:
            # Whoever is not certified the whole year is never at home.
            at_home = resident.is_alive(day) and resident.story is not Story.NEVER_CERTIFIED
            return Choice.VISIT_PASSED if at_home else None
        if kind is TaskKind.LATE_REPLY:
            return Choice.AGREE if resident.is_alive(day) else Choice.DECLINE
        if kind is TaskKind.NO_ANSWER:
            return self._about_silence(resident, day)
        return Choice.SETTLE

    def _about_stopping(self, resident: Resident) -> Choice | None:
        if resident.story is Story.WRONG_DEATH:
            return Choice.KEEP
        # She knows that this person is about to be registered in another district, and waits.
        return None if resident.story is Story.GAP else Choice.STOP

    def _about_silence(self, resident: Resident, day: date) -> Choice | None:
        if resident.answer is Answer.LATE:
            return None
        wants_it = resident.number % 2 == 0 and resident.is_alive(day)
        return Choice.AGREE if wants_it else Choice.DECLINE

    def _write_down(self, task: WorkerTask, resident: Resident, choice: Choice | Settlement, day: date) -> None:
        did = resident.did
        match (task.kind, choice):
            case (TaskKind.DOUBTFUL_MATCH, _):
                did.doubt_settled_on = day
            case (TaskKind.STOP_DECISION, Choice.STOP):
                did.stopped_on = day
            case (TaskKind.STOP_DECISION, Choice.KEEP):
                did.kept_on = day
            case (TaskKind.MISSED_CERTIFICATION, Choice.SUSPEND):
                did.suspended_on = did.suspended_on or day
                if resident.story is Story.CERTIFIED_LATE and did.resumed_on is None:
                    self._seniors.plan_certification(resident, day)
            case (TaskKind.ADJUSTMENT, _):
                did.corrections.append((day, choice is Choice.CORRECT))
            case (TaskKind.NO_ANSWER | TaskKind.LATE_REPLY, Choice.AGREE):
                did.applied_on = did.applied_on or day
                did.approved_on = day
            case (TaskKind.REVIEW, Choice.APPROVE):
                did.approved_on = day


class Operator:
    """Runs the month, and hands files to and from the bank."""

    def __init__(self, database: Database, residents: list[Resident], *, city: str) -> None:
        self._database, self._city = database, city
        self._by_id = {each.person_id: each for each in residents}
        self._actor = Actor.staff(ActorKind.OPERATOR, new_id(), Channel.SCREEN)
        self.months: list[date] = []
        self.held_runs = 0
        self._run_id: UUID | None = None

    def act(self, day: date, now: datetime) -> None:
        """What the calendar says for the day."""
        with unit_of_work(self._database.sessions) as session:
            if day.day == LIST_DAY:
                self._run_id = self._list(session, day, now)
            elif self._run_id is None:
                return
            elif day.day == AUDIT_DAY:
                self._audit(session, self._run_id, now)
            elif day.day == PAY_DAY:
                allowances.pay_month(session, self._actor, run_id=self._run_id, now=now)
                self.months.append(day.replace(day=1))
            elif day.day == RETURN_DAY:
                self._return(session, self._run_id, day, now)

    def _list(self, session: Session, day: date, now: datetime) -> UUID:
        run = self._same_twice(
            allowances.list_month(session, self._actor, city=self._city, month=day, now=now),
            allowances.list_month(session, self._actor, city=self._city, month=day, now=now),
        )
        if run.state is RunState.HELD:
            self.held_runs += 1
            allowances.confirm_run(session, self._actor, run_id=run.id, reason=REASON, now=now)
        return run.id

    def _same_twice(self, first: PaymentRun, second: PaymentRun) -> PaymentRun:
        assert first == second, "listing a month again changed something"
        return first

    def _audit(self, session: Session, run_id: UUID, now: datetime) -> None:
        run = allowances.audit_month(session, self._actor, run_id=run_id, now=now)
        file = allowances.export_bank_file(session, self._actor, run_id=run_id, now=now)
        by_district = {district: total.fen for district, total in run.to_pay.items()}
        assert file.fen_by_district == by_district, "the bank file does not add up to the lines"

    def _return(self, session: Session, run_id: UUID, day: date, now: datetime) -> None:
        """The bank sends back some of this month's payments."""
        paid = session.execute(FIRST_PAID, {"run_id": run_id}).all()
        people = {line_id: self._by_id[person_id] for line_id, person_id in paid}
        month = day.replace(day=1)
        returned = {line_id: who for line_id, who in people.items() if _comes_back(who, month)}
        codes = dict.fromkeys(returned, ReturnCode.ACCOUNT_FROZEN)
        allowances.record_returns(session, self._actor, run_id=run_id, returned=codes, now=now)
        for who in returned.values():
            who.did.returned.add(month)


def _comes_back(resident: Resident, month: date) -> bool:
    return resident.story is Story.BANK_RETURNS and (resident.number + month.month) % 4 == 0


def campaign_starts(session: Session, day: date, now: datetime, city: str) -> bool:
    """Whether a campaign of certification began some days ago, so that social insurance sends its proofs today."""
    campaign = current_campaign(session, city=city, now=now)
    return campaign is not None and day == campaign.starts_on + timedelta(days=5)
