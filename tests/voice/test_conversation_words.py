"""The words that the assistant says and those that it expects."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import voice
from tests.voice.conversation_words import LOCALES, catalogue_file, compile_words
from voice.conversation.expected import expected_words, questions_with_words
from voice.conversation.state import ConversationState
from voice.skills import SKILLS
from voice.skills.skill import CONFIRM, DIGITS, OFFER, WHAT_IS_WRONG, WHICH, WHICH_BOOKING, Task
from voice.telling import Telling, chinese_number
from voice.understanding.rulebook import rulebook
from voice.wording import CatalogueMissing, Wording, words

TODAY = date(2026, 11, 24)
CODE = Path(voice.__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_words(tmp_path_factory.mktemp("locales"))


def messages_in_code() -> set[str]:
    """What `make translations` finds in the code: the first text in every call of `say`, `line` and `counted`."""
    keywords = {"say": None, "line": None, "counted": (1, 2)}
    found = extract_from_dir(CODE, [("**.py", "python")], keywords=keywords)
    return {message if isinstance(message, str) else message[0] for _file, _line, message, _comments, _context in found}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_catalogue_holds_exactly_the_messages_of_the_code(locale: str) -> None:
    with catalogue_file(locale).open("rb") as file:
        catalogue = read_po(file, locale=locale)
    entries = [message for message in catalogue if message.id]
    assert not [message.id for message in entries if message.fuzzy]
    assert not [
        message.id
        for message in entries
        if not all([message.string] if isinstance(message.string, str) else message.string)
    ]
    assert {message.id if isinstance(message.id, str) else message.id[0] for message in entries} == messages_in_code()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_translation_has_the_placeholders_of_its_message(locale: str) -> None:
    with catalogue_file(locale).open("rb") as file:
        wrong = [(message.id, error) for message in read_po(file, locale=locale) for error in message.check()]
    assert not wrong


def test_a_catalogue_that_is_not_compiled_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CatalogueMissing, match="run `make bootstrap`"):
        words("zh_Hans", tmp_path)


@pytest.mark.parametrize(
    ("day", "shown", "spoken"),
    [
        (date(2026, 11, 24), "今天 11月24号 星期二", "今天，十一月二十四号，星期二"),
        (date(2026, 11, 26), "后天 11月26号 星期四", "后天，十一月二十六号，星期四"),
        (date(2026, 12, 1), "12月1号 星期二", "十二月一号，星期二"),
    ],
)
def test_a_day_is_told_as_people_say_it(folder: Path, day: date, shown: str, spoken: str) -> None:
    line = Telling(words("zh_Hans", folder), TODAY).day(day)
    assert (line.text, line.speech) == (shown, spoken)


@pytest.mark.parametrize(
    ("fen", "shown", "spoken"),
    [
        (0, "0元", "零元"),
        (200, "2元", "两元"),
        (1500, "15元", "十五元"),
        (1250, "12.50元", "十二点五元"),
        (1205, "12.05元", "十二点零五元"),
        (20000, "200元", "二百元"),
        (10_000_000, "10万元", "十万元"),
        (1_250_000, "12,500元", "一万二千五百元"),
    ],
)
def test_money_is_told_in_words(folder: Path, fen: int, shown: str, spoken: str) -> None:
    line = Telling(words("zh_Hans", folder), TODAY).money(fen)
    assert (line.text, line.speech) == (shown, spoken)


def test_round_ten_thousands_are_written_in_the_characters_of_the_locale(folder: Path) -> None:
    told = [Telling(words(locale, folder), TODAY).money(10_000_000).text for locale in ("zh_Hant_HK", "en")]
    assert told == ["10萬蚊", "100,000 yuan"]


@pytest.mark.parametrize(
    ("at", "shown", "spoken"),
    [
        (time(6, 30), "早上6点半", "早上六点半"),
        (time(9), "上午9点", "上午九点"),
        (time(12, 15), "中午12点15分", "中午十二点十五分"),
        (time(14), "下午2点", "下午两点"),
        (time(19), "晚上7点", "晚上七点"),
    ],
)
def test_a_time_of_day_is_told_as_people_say_it(folder: Path, at: time, shown: str, spoken: str) -> None:
    line = Telling(words("zh_Hans", folder), TODAY).clock(at)
    assert (line.text, line.speech) == (shown, spoken)


def test_portions_and_places_and_telephones_are_told_in_words(folder: Path) -> None:
    tell = Telling(words("zh_Hans", folder), TODAY)
    assert (tell.portions(2).text, tell.portions(2).speech) == ("2份", "两份")
    assert tell.place("翠竹社区长者饭堂(示例)").speech == "翠竹社区长者饭堂"
    assert tell.phone("0755-00000001").speech == "零七五五零零零零零零零幺"
    assert Telling(words("en", folder), TODAY).portions(2).text == "2 portions"
    assert Telling(words("zh_Hant_HK", folder), TODAY).portions(2).speech == "兩份"


@pytest.mark.parametrize(
    ("number", "said"), [(1000, "一千"), (1010, "一千零一十"), (9999, "九千九百九十九"), (200, "二百")]
)
def test_numbers_are_spoken(number: int, said: str) -> None:
    assert chinese_number(number) == said


def test_every_question_has_eight_to_fifteen_expected_words() -> None:
    slots = {slot for intent, skill in SKILLS.items() if skill.asks for slot in rulebook().slots_for(intent)}
    asked = {CONFIRM, OFFER, WHICH, WHICH_BOOKING, WHAT_IS_WRONG, DIGITS}
    assert questions_with_words() == {"opening", *asked, *slots}
    for question in questions_with_words():
        assert 8 <= len(expected_words(question)) <= 15
        assert len(set(expected_words(question))) == len(expected_words(question))


def test_no_expected_word_agrees_to_anything_or_calls_for_help() -> None:
    consent = {text for text, word in rulebook().words.items() if "agree" in word.kinds}
    never = consent | {"同意", "确认", "救命", "帮帮我", "急救", "报警", "起不来"}
    for question in questions_with_words():
        assert not never & set(expected_words(question))


def test_the_state_survives_json() -> None:
    state = ConversationState(
        task=Task("book_meal", {"date": "2026-11-25"}, ["date"], {"menu_id": "x"}),
        question=OFFER,
        options=[Task("cancel_meal", notes={"booking_id": "y"})],
        tries=2,
        done="book_meal",
        last_text="您好",
    )
    assert ConversationState.from_json(state.to_json()) == state
    assert ConversationState.from_json({}) == ConversationState()


def test_sentences_are_joined_as_the_language_does(folder: Path) -> None:
    for locale, joined in (("zh_Hans", "对吗？对吗？"), ("en", "Is that right? Is that right?")):
        wording: Wording = words(locale, folder)
        assert wording.joined(wording.line("Is that right?"), wording.line("Is that right?")).text == joined
