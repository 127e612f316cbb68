"""What waits: the list of a worker by kind, what is due first coming first, and one task with all that it needs.

An operator has the same pages for the tasks that no community is known for, and her own overview before them.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from services.actor import Actor, ActorKind
from services.allowances import AllowanceCase, AllowanceEvent, events_of, get_case
from services.clock import local_day
from services.decisions import LONGEST_REASON, Choice, decide, decisions_for
from services.home_care import get_complaint, get_visit_to_judge
from services.inbox import list_incoming
from services.people import get_person
from services.personal_data import get_correction
from services.registry import Settlement, origins_of
from services.residents import residents_by_id
from services.staff import names_of_staff
from services.worker_tasks import TaskKind, WorkerTask, count_tasks, get_task, list_tasks, tasks_of
from webapp.access import current_staff, current_staff_actor, staff_only
from webapp.pages import show
from webapp.site import now
from webapp.staff.days import full_day_words
from webapp.staff.known_words import known_of
from webapp.staff.places import PLACES
from webapp.staff.records import open_for_task
from webapp.staff.words import decided_words
from webapp.transaction import database_session

ON_A_PAGE = 50
MESSAGES_SHOWN = 5
# What was noted of a visit stands beside the question what to make of it.
ABOUT_VISITS = frozenset({TaskKind.SERVICE_COMPLAINT, TaskKind.NOT_AT_HOME})
# What was written stands beside the question what it meant.
ABOUT_MESSAGES = frozenset(
    {
        TaskKind.UNCLEAR_REPLY,
        TaskKind.OTHER_PHONE,
        TaskKind.LATE_REPLY,
        TaskKind.HELP_WANTED,
        TaskKind.STOPPED_MESSAGES,
        TaskKind.STOP_DECISION,
        TaskKind.UNDELIVERED,
    }
)

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@blueprint.get("")
@staff_only
def home() -> AnyResponse:
    """A worker's list; an operator's overview; the others have a first page of their own."""
    first_page, _words = PLACES[current_staff().role][0]
    if first_page != "staff.home":
        return redirect(url_for(first_page), 303)
    session, actor, at = database_session(), current_staff_actor(), now()
    kind = _kind_asked_for()
    number = max(1, request.args.get("page", 1, type=int))
    counts = count_tasks(session, actor)
    waiting = counts.get(kind, 0) if kind else sum(counts.values())
    tasks = list_tasks(session, actor, now=at, kind=kind, limit=ON_A_PAGE, offset=(number - 1) * ON_A_PAGE)
    people = residents_by_id(session, actor, person_ids={task.person_id for task in tasks if task.person_id}, now=at)
    return show(
        "staff/operator.html" if current_staff().role is ActorKind.OPERATOR else "staff/tasks.html",
        counts=[(each, counts[each]) for each in TaskKind if each in counts],
        kind=kind,
        tasks=tasks,
        people=people,
        today=local_day(at),
        number=number,
        pages=-(-waiting // ON_A_PAGE),
        waiting=waiting,
    )


@blueprint.get("/tasks/<uuid:task_id>")
@staff_only
def task(task_id: UUID) -> AnyResponse:
    """One task: who, why, what is known and from where, what happened, what can be decided."""
    found = get_task(database_session(), current_staff_actor(), task_id=task_id)
    open_for_task(task_id)
    return _show_task(found, problem=None)


@blueprint.post("/tasks/<uuid:task_id>")
@staff_only
def decide_it(task_id: UUID) -> AnyResponse:
    """Decide. Without a choice or a reason the page asks for what is missing and keeps what was written."""
    session, actor = database_session(), current_staff_actor()
    found = get_task(session, actor, task_id=task_id)
    open_for_task(task_id)
    chosen, reason = request.form.get("choice", ""), request.form.get("reason", "")
    choice = _choice(chosen)
    if choice is None:
        return _show_task(found, problem=_("Choose what you decide."))
    if not reason.strip():
        return _show_task(found, problem=_("Write why. She can ask for the reason, and so can whoever checks."))
    if len(reason.strip()) > LONGEST_REASON:
        return _show_task(found, problem=_("The reason is too long: at most %(most)d characters.", most=LONGEST_REASON))
    done = decide(session, actor, task_id=task_id, choice=choice, reason=reason, now=now())
    flash(_("Decided: %(decision)s.", decision=decided_words(done.decision or "")), "done")
    return redirect(url_for("staff.task", task_id=task_id), 303)


def case_and_events(session: Session, actor: Actor, case_id: UUID) -> tuple[AllowanceCase, tuple[AllowanceEvent, ...]]:
    """A case with its history, newest first."""
    return get_case(session, actor, case_id=case_id), events_of(session, actor, case_id=case_id)[::-1]


def _show_task(found: WorkerTask, *, problem: str | None) -> AnyResponse:
    session, actor = database_session(), current_staff_actor()
    person = None
    if found.person_id is not None and actor.kind is ActorKind.COMMUNITY_WORKER:
        person = get_person(session, actor, person_id=found.person_id)
    case, events = None, ()
    if person is not None and "case_id" in found.facts:
        case, events = case_and_events(session, actor, UUID(found.facts["case_id"]))
    written = ()
    if person is not None and found.kind in ABOUT_MESSAGES:
        written = list_incoming(session, actor, person_id=person.id, limit=MESSAGES_SHOWN)
    visit, complaint = None, None
    if person is not None and found.kind in ABOUT_VISITS:
        visit = get_visit_to_judge(session, actor, booking_id=found.subject_id, now=now())
        complaint = get_complaint(session, actor, booking_id=found.subject_id)
    correction = None
    if person is not None and found.kind is TaskKind.DATA_CORRECTION:
        correction = get_correction(session, actor, request_id=found.subject_id)
    others = tasks_of(session, actor, person_id=person.id) if person else ()
    deciders = {each.decided_by for each in (found, *others)} | {event.actor_id for event in events}
    return show(
        "staff/task.html",
        422 if problem else 200,
        task=found,
        person=person,
        age=person.age_on(local_day(now())) if person else None,
        known=known_of(person, origins_of(session, actor, person_id=person.id), full_day_words) if person else (),
        case=case,
        events=events,
        written=written,
        visit=visit,
        complaint=complaint,
        correction=correction,
        others=[each for each in others if each.id != found.id],
        names=names_of_staff(session, {each for each in deciders if each}),
        decisions=decisions_for(session, actor, found),
        today=local_day(now()),
        problem=problem,
        typed=request.form if problem else {},
        longest=LONGEST_REASON,
    )


def _choice(chosen: str) -> Choice | Settlement | None:
    if chosen in set(Choice):
        return Choice(chosen)
    return Settlement(chosen) if chosen in set(Settlement) else None


def _kind_asked_for() -> TaskKind | None:
    asked = request.args.get("kind")
    if asked is None:
        return None
    if asked not in set(TaskKind):
        abort(404)
    return TaskKind(asked)
