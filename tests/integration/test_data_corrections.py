"""She says that something held about her is wrong; a worker decides with a reason, and she is told."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from services.actor import Actor, Channel, NotAllowed
from services.decisions import Choice, decide
from services.people import Person
from services.personal_data import (
    LONGEST_WORDS,
    CorrectionField,
    CorrectionUnclear,
    ask_for_correction,
    corrections_of,
    decide_correction,
    get_correction,
)
from services.worker_tasks import TaskKind
from tests.allowances import tasks_about
from tests.conftest import person_named
from tests.delegating import NOW, herself, texts_at, worker_of

WANGS_PHONE = "15400000002"
MOVED = "我搬到3栋501了"


def asks(session: Session, person: Person, words: str = MOVED) -> None:
    ask_for_correction(
        session, herself(person), person_id=person.id, about=CorrectionField.ADDRESS, words=words, now=NOW
    )


@pytest.mark.parametrize(
    ("choice", "is_corrected", "template"),
    [(Choice.CORRECTED, True, "correction_done"), (Choice.NOT_CORRECTED, False, "correction_not_done")],
)
def test_a_worker_decides_what_she_says_is_wrong_and_she_is_told(
    session: Session, wang: Person, choice: Choice, is_corrected: bool, template: str
) -> None:
    asks(session, wang)
    task = tasks_about(session, wang)[TaskKind.DATA_CORRECTION]
    assert task.facts == {"field": "address"}, "her words are sealed elsewhere"
    assert get_correction(session, worker_of(wang), request_id=task.subject_id).words == MOVED
    decide(session, worker_of(wang), task_id=task.id, choice=choice, reason="看了房产证", now=NOW)
    (request,) = corrections_of(session, herself(wang), person_id=wang.id)
    assert request.corrected is is_corrected
    assert texts_at(session, WANGS_PHONE)[-1] == template


def test_what_she_says_again_takes_the_place_of_what_waits(session: Session, wang: Person) -> None:
    asks(session, wang)
    asks(session, wang, "是5栋501")
    (request,) = corrections_of(session, herself(wang), person_id=wang.id)
    assert (request.words, request.corrected) == ("是5栋501", None)
    for about, words in (
        (None, MOVED),
        (CorrectionField.NAME, " "),
        (CorrectionField.NAME, "长" * (LONGEST_WORDS + 1)),
    ):
        with pytest.raises(CorrectionUnclear):
            ask_for_correction(session, herself(wang), person_id=wang.id, about=about, words=words, now=NOW)


def test_only_she_asks_and_only_a_worker_of_her_community_decides(session: Session, wang: Person) -> None:
    asks(session, wang)
    (request,) = corrections_of(session, herself(wang), person_id=wang.id)
    neighbour, elsewhere = herself(person_named(session, "黄婉仪")), worker_of(person_named(session, "陈丽英"))
    for actor in (neighbour, elsewhere):
        with pytest.raises(NotAllowed):
            corrections_of(session, actor, person_id=wang.id)
    for actor in (neighbour, elsewhere, herself(wang), Actor.system(Channel.JOB)):
        with pytest.raises(NotAllowed):
            decide_correction(session, actor, request_id=request.id, corrected=True, now=NOW)
