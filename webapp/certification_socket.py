"""The microphone's line of the certification page: what is heard is compared with the four digits on the page.

The line itself, its kinds of messages and its limits are those of `talk_socket`; here a turn is a try to say the
digits. Nothing that is typed comes this way to the use case: it asks for digits that were heard.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from services.actor import Actor, Channel
from services.certification import (
    CertificationCheck,
    ChallengeUnknown,
    CheckOutcome,
    NothingToCertify,
    certify_self,
    current_challenge,
)
from voice.conversation import Heard
from webapp.site import Site
from webapp.talk_socket import Line
from webapp.talk_turns import SPOKEN_LOCALES, Talking, at_the_table

# What the recognizer may expect: any digit, never the ones that she was given.
DIGITS = (*"零一二三四五六七八九", "两", "幺")


@dataclass(frozen=True)
class Said:
    """What the page says to a try. `is_open`: she is to say the digits once more; otherwise she goes on with the
    button."""

    text: str
    is_open: bool


class CertificationLine(Line):
    """One open microphone on the page with the digits."""

    def expected_words(self) -> tuple[str, ...]:
        return DIGITS

    def answer(self, heard: Heard) -> None:
        if not heard.spoken:
            return
        if heard.text:
            self.tell("heard", text=heard.text)
        said = try_digits(self.site, self.talking, heard)
        speech = said.text if self.talking.locale in SPOKEN_LOCALES else ""
        self.tell(
            "reply",
            text=said.text,
            open=said.is_open,
            asks=False,
            question="",
            booking=None if said.is_open else url_for("certification.certification"),
            speech=bool(speech),
        )
        if speech:
            self.speak(speech)


def try_digits(site: Site, talking: Talking, heard: Heard) -> Said:
    """One try, committed with its outcome. Silence is no try. Raises NobodySignedIn."""
    if not heard.text:
        return Said(_("I heard nothing. Press the microphone and say the four digits."), False)
    with at_the_table(site, talking) as (session, person):
        actor = Actor.senior(person.id, Channel.VOICE)
        at = site.clock.now()
        live = current_challenge(session, actor, person_id=person.id, now=at)
        try:
            if live is None:
                raise ChallengeUnknown()
            check = certify_self(
                session,
                actor,
                person_id=person.id,
                challenge_id=live.id,
                digits_heard=heard.text,
                or_heard=heard.alternatives,
                now=at,
            )
        except NothingToCertify:
            return Said(_("You are certified already. There is nothing to do."), False)
        except ChallengeUnknown:
            return Said(_("These digits no longer count. Press 'Go on' and take new ones."), False)
    return _words(check)


def _words(check: CertificationCheck) -> Said:
    match check.outcome:
        case CheckOutcome.PASSED:
            return Said(_("Right, thank you. You are certified, and your allowance goes on."), False)
        case CheckOutcome.WRONG:
            return Said(
                ngettext(
                    "I heard something else. Please say the digits once more, slowly. You have one more try.",
                    "I heard something else. Please say the digits once more, slowly. You have %(num)d more tries.",
                    check.tries_left,
                ),
                True,
            )
        case CheckOutcome.EXPIRED:
            return Said(_("These digits no longer count. Press 'Go on' and take new ones."), False)
    return Said(
        _("That did not work, and it is not your fault. Nothing is lost. Press 'Go on' for new digits or for a visit."),
        False,
    )
