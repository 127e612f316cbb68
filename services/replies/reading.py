"""Reading a senior's text message as the answer to an offer.

Only a positive, unambiguous reply is consent: a false one is an application in her name that she did not want, a missed
one costs a gentle question. So a reply is not searched for words. It is taken apart from its beginning, always by the
longest piece that is known, and every character has to belong to a piece; anything left over makes it unclear. How the
pieces may follow one another is below; the words are in `words.yaml`. Which offer a reply belongs to, and what then
happens, is the inbox's and the allowances' business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.replies.copies import without_copies
from services.replies.normalising import PAUSE, joined, plain
from services.replies.words import Role, words

# Carriers cut at about five hundred characters; a longer text is no answer, and reading it would only cost time.
LONGEST = 2_000
LONGEST_ANSWER = 80


class Label(StrEnum):
    """What a reply does to the offer."""

    AGREE = "agree"
    DECLINE = "decline"
    UNCLEAR = "unclear"
    STOP = "stop"


class Kind(StrEnum):
    """What a reply is, finer than its label: what a worker sees, and what the gentle answer goes by."""

    AGREEMENT = "agreement"
    AGREEMENT_FOR_ALL = "agreement_for_all"  # 都同意: every offer open on this phone
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"
    STOP = "stop"
    EMPTY = "empty"
    COPY = "copy"  # our own message came back without an answer
    CONTRADICTION = "contradiction"
    SEVERAL_CODES = "several_codes"
    CODE_ALONE = "code_alone"
    RECEIVED = "received"  # thanks, a greeting, 收到: read, but no answer
    DEATH = "death"
    WRONG_PERSON = "wrong_person"
    SUSPICION = "suspicion"
    HELP = "help"
    QUESTION = "question"
    LATER = "later"
    SOMEBODY_ELSE = "somebody_else"
    UNKNOWN = "unknown"


_LABELS = {
    Kind.AGREEMENT: Label.AGREE,
    Kind.AGREEMENT_FOR_ALL: Label.AGREE,
    Kind.REFUSAL: Label.DECLINE,
    Kind.WITHDRAWAL: Label.DECLINE,
    Kind.STOP: Label.STOP,
}


@dataclass(frozen=True)
class Reply:
    """How a reply was read. `code` is the short code in it as digits (two or four), whatever the label.

    Whoever acts on it must match the code with an offer that is open: a code that fits none is a doubt.
    """

    kind: Kind
    code: str | None = None

    @property
    def label(self) -> Label:
        """What the reply does to the offer."""
        return _LABELS.get(self.kind, Label.UNCLEAR)


@dataclass(frozen=True)
class _Piece:
    role: Role
    text: str
    after_pause: bool
    before_pause: bool
    code: str | None = None


_AGREEING = frozenset({Role.AGREEMENT, Role.AGREEMENT_FOR_ALL, Role.BRIEF})
_REFUSING = frozenset({Role.REFUSAL, Role.WITHDRAWAL})
# After these an agreement may follow without a pause; after thanks it is the thing thanked for (谢谢政府同意).
_OPENING = frozenset({Role.GREETING, Role.SOUND, Role.ECHO})
_THE_WORD = "同意"
# 0不同意 is the answer of the digit and the same in words; nothing that it stands before is turned round by it.
_ALSO_AN_ANSWER = ("0", "n")
_PLAIN_THANKS = ("谢谢", "唔该")
_DIGITS = {character: str(value) for value, character in enumerate("零一二三四五六七八九")} | {"〇": "0", "幺": "1"}


def read_reply(text: str, names: Sequence[str] = ()) -> Reply:
    """How a reply is understood. Never raises, whatever the text is.

    `names` are the people whose offers are open on the phone that answers: signed with one of them, 陈丽英同意, a reply
    speaks for her; with any other name it is unclear.

    >>> read_reply("您好，我同意２１。谢谢").label, read_reply("您好，我同意２１。谢谢").code
    (<Label.AGREE: 'agree'>, '21')
    >>> read_reply("不同意").label, read_reply("不是不同意").label, read_reply("TD").label
    (<Label.DECLINE: 'decline'>, <Label.UNCLEAR: 'unclear'>, <Label.STOP: 'stop'>)
    """
    if len(text) > LONGEST:
        return Reply(Kind.UNKNOWN)
    whole = plain(text)
    answer, copied = without_copies(whole)
    row, pictures = _without_pictures(joined(answer))
    row = _speaking_for_herself(row, names)
    if not row:
        approved = not pictures.isdisjoint(words().approving)
        return Reply(Kind.COPY if copied else Kind.RECEIVED if approved else Kind.EMPTY)
    pieces = _pieces(row) if len(row) <= LONGEST_ANSWER else None
    if pieces is None:
        return Reply(_subject_of(answer))
    return _judged(pieces, pictures)


def _without_pictures(row: str) -> tuple[str, frozenset[str]]:
    known = words()
    pictures = (known.approving | known.kind | known.refusing).intersection(row)
    if pictures:
        row = joined("".join(PAUSE if character in pictures else character for character in row))
    return row, pictures


def _speaking_for_herself(row: str, names: Sequence[str]) -> str:
    for name in names:
        called = re.escape(joined(plain(name)))
        if len(called) < 2:
            continue
        row = re.sub(rf"(?:我是|我叫|本人是|本人)?{called}(?:本人)?$", "", row).rstrip(PAUSE) or row
        row = re.sub(rf"^((?:您好|你好)?\|?)(?:我是|我叫|本人是|本人|我)?{called}(?:本人)?\|?我?", r"\1我", row)
    return row


def _pieces(row: str) -> list[_Piece] | None:
    """The row as pieces, the longest known first; None if something is left over."""
    pieces: list[_Piece] = []
    place, after_pause = 0, True
    while place < len(row):
        if row[place] in (PAUSE, " "):
            place, after_pause = place + 1, True
            continue
        found = _longest_at(row, place, may_echo=all(piece.role in _OPENING for piece in pieces))
        if found is None:
            return None
        role, match = found
        text = match.group().strip(PAUSE)
        place = match.end()
        before_pause = place == len(row) or row[place] in (PAUSE, " ")
        pieces.append(_Piece(role, text, after_pause, before_pause, _code_of(match) if role is Role.CODE else None))
        after_pause = match.group().endswith(PAUSE)
    return pieces


def _longest_at(row: str, place: int, *, may_echo: bool) -> tuple[Role, re.Match[str]] | None:
    longest = None
    for role, patterns in words().pieces.items():
        if role is Role.ECHO and not may_echo:
            continue
        for pattern in patterns:
            match = pattern.match(row, place)
            if match and match.end() > place and (longest is None or match.end() > longest[1].end()):
                longest = role, match
    return longest


def _code_of(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if "tens" in groups:
        return _DIGITS[groups["tens"] or "一"] + _DIGITS[groups["ones"] or "零"]
    return "".join(_DIGITS.get(digit, digit) for digit in groups.get("digits") or groups["spoken"])


def _judged(pieces: list[_Piece], pictures: frozenset[str]) -> Reply:
    approving, displeased = (not pictures.isdisjoint(kind) for kind in (words().approving, words().refusing))
    roles = {piece.role for piece in pieces}
    codes = {piece.code for piece in pieces if piece.code is not None}
    if len(codes) > 1:
        return Reply(Kind.SEVERAL_CODES)
    code = codes.pop() if codes else None
    if displeased and (approving or not roles & _REFUSING):
        return Reply(Kind.UNKNOWN, code)
    if roles & _AGREEING:
        return Reply(_kind_of_agreement(pieces, roles, code), code)
    if roles & _REFUSING and (approving or any(map(_undoes, pieces, pieces[1:]))):
        return Reply(Kind.CONTRADICTION, code)
    if Role.STOP in roles:
        return Reply(Kind.UNKNOWN if code else Kind.STOP, code)
    if roles & _REFUSING:
        return Reply(Kind.WITHDRAWAL if Role.WITHDRAWAL in roles else Kind.REFUSAL, code)
    if Role.ECHO in roles:
        return Reply(Kind.UNKNOWN, code)
    return Reply(Kind.CODE_ALONE if code else Kind.RECEIVED, code)


def _undoes(first: _Piece, second: _Piece) -> bool:
    """Whether two pieces without a pause between them may turn a refusal round: 不同意不行, 不停, no stop."""
    if first.text in _ALSO_AN_ANSWER:
        return False
    english = first.text.isascii() and second.text.isascii() and Role.STOP in {first.role, second.role}
    if first.text == second.text or (second.after_pause and not english):
        return False
    both = {first.role, second.role}
    if not both & _REFUSING:
        return False
    return both <= _REFUSING | {Role.STOP} or first.text in words().stands_alone


def _kind_of_agreement(pieces: list[_Piece], roles: set[Role], code: str | None) -> Kind:
    if roles & _REFUSING or Role.STOP in roles:
        return Kind.CONTRADICTION
    around = [None, *pieces, None]
    if not all(
        _stands_well(before, piece, after) for before, piece, after in zip(around, pieces, around[2:], strict=False)
    ):
        return Kind.UNKNOWN
    if Role.AGREEMENT_FOR_ALL in roles:
        return Kind.UNKNOWN if code else Kind.AGREEMENT_FOR_ALL
    # 1 and 21 are more likely a date, or the first and the second of two, than an answer with its code.
    if code and all(piece.text.isdigit() for piece in pieces):
        return Kind.UNKNOWN
    # 好的，知道了 says that she has read it. With the word itself, 知道了，同意, it is an answer.
    if Role.AGREEMENT not in roles and roles & {Role.RECEIVED, Role.PLEASANTRY}:
        return Kind.RECEIVED
    return Kind.AGREEMENT


def _stands_well(before: _Piece | None, piece: _Piece, after: _Piece | None) -> bool:
    """Whether a piece that agrees says so in its place; everything else does."""
    if piece.role is Role.ECHO:
        return after is not None
    if piece.role not in _AGREEING:
        return True
    joined_before = None if piece.after_pause else before
    joined_after = None if piece.before_pause else after
    if joined_before and not _may_follow(joined_before, piece):
        return False
    if joined_after is None or joined_after.text == piece.text:
        return True
    if piece.text not in words().stands_alone:
        # 同意收到 may speak of a 同意 that came to her.
        return joined_after.role is not Role.RECEIVED
    if joined_after.role is Role.THANKS:
        # 好谢谢 is a yes, 好感谢 and 好多谢 are only thanks.
        return piece.text in words().leads_to_agreement and joined_after.text.startswith(_PLAIN_THANKS)
    return piece.text in words().leads_to_agreement and joined_after.role is Role.AGREEMENT


def _may_follow(before: _Piece, piece: _Piece) -> bool:
    """Whether an agreement may follow another piece without a pause between them."""
    alone = piece.text in words().stands_alone
    if before.text == piece.text or before.role is Role.SOUND:
        return True
    if piece.role is Role.BRIEF:
        after_answer = before.role in _AGREEING or before.role is Role.ECHO
        if before.text.endswith(_THE_WORD) and piece.text in words().leads_to_agreement and not alone:
            return True
        return after_answer if piece.text.isascii() else before.role is Role.BRIEF and not alone
    if alone:
        return False
    if before.role is Role.GREETING or piece.text.startswith(words().subjects):
        return True
    leads = before.role in {Role.CODE, Role.ECHO} or before.text in words().leads_to_agreement
    return leads and piece.text.lstrip("都").startswith(_THE_WORD)


def _subject_of(answer: str) -> Kind:
    """What an unclear reply seems to be about, by the words in it."""
    for name, signs in words().about.items():
        if any(sign in answer for sign in signs):
            return Kind(name)
    return Kind.UNKNOWN
