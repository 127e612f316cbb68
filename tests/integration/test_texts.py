"""What somebody was texted can be looked up by her and by the worker of her community, in the words on her phone."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from services.actor import Actor, ActorKind, Channel, NotAllowed, Scope
from services.database import new_id
from services.messages import (
    Composer,
    MessageStatus,
    OutgoingMessage,
    list_texts,
    queue_asked_for_message,
    queue_message,
)
from services.people import Person
from services.settings import PROJECT
from tests.certifying import CITY, worker_of
from tests.conftest import NOW, person_named
from tests.delegating import acting, agreed_with
from tests.opened import EVERY_RECORD

WANGS_PHONE = "15400000002"


@pytest.fixture(scope="module")
def composer() -> Composer:
    return Composer(PROJECT / "locales")


def text_her(session: Session, person: Person, template: str, **variables: str | int) -> None:
    about = {"city": CITY, "phone": WANGS_PHONE, "locale": "zh_Hans", "now": NOW, "person_id": person.id}
    queue_message(session, template, **about, **variables)  # type: ignore[arg-type]


def test_she_reads_every_text_about_her_newest_first_and_no_code(
    session: Session, wang: Person, composer: Composer
) -> None:
    text_her(session, wang, "certification_done", name="王*珍")
    text_her(session, wang, "allowance_paid", name="王*珍", month=11, amount=30_000, card="1234")
    session.execute(
        update(OutgoingMessage)
        .where(OutgoingMessage.template == "certification_done")
        .values(status=MessageStatus.UNDELIVERED)
    )
    text_her(session, person_named(session, "黄婉仪"), "certification_visit", name="黄*仪")
    queue_asked_for_message(
        session,
        "sign_in_code",
        city=CITY,
        phone=WANGS_PHONE,
        locale="zh_Hans",
        now=NOW,
        person_id=wang.id,
        code="246810",
    )
    herself = Actor.senior(wang.id, Channel.SCREEN)
    found = list_texts(session, herself, composer, person_id=wang.id)
    assert [text.text for text in found.texts] == [
        "【颐年演示】王*珍：11月高龄津贴300元已发到颐年卡尾号1234。没收到请打12345",
        "【颐年演示】王*珍：您的津贴资格认证做好了，津贴照常发。祝您健康长寿",
    ]
    assert [(text.is_on_its_way, text.has_not_arrived) for text in found.texts] == [(True, False), (False, True)]
    first = list_texts(session, herself, composer, person_id=wang.id, limit=1)
    assert (len(first.texts), first.has_older) == (1, True)
    assert list_texts(session, worker_of(wang), composer, person_id=wang.id) == found


def test_nobody_else_reads_them(session: Session, wang: Person, composer: Composer) -> None:
    elsewhere = Actor.staff(
        ActorKind.COMMUNITY_WORKER,
        new_id(),
        Channel.SCREEN,
        community="景田",
        district="福田区",
        open_records=EVERY_RECORD,
    )
    daughter = acting(session, agreed_with(session, wang, WANGS_PHONE, scopes=frozenset(Scope)))
    other = Actor.senior(person_named(session, "黄婉仪").id, Channel.SCREEN)
    for actor in (elsewhere, daughter, other):
        with pytest.raises(NotAllowed):
            list_texts(session, actor, composer, person_id=wang.id)
