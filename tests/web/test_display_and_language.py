"""Type size, colours and language: chosen before or after signing in, kept in the browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tests.web.conftest import page_of, repository_file, words_of

LOCALES = ("zh_Hans", "zh_Hant_HK", "en")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("type", "36", "type-36 theme-light"), ("theme", "yellow", "type-24 theme-yellow")],
)
def test_a_choice_is_kept_and_rendered_by_the_server(
    browser: FlaskClient, name: str, value: str, expected: str
) -> None:
    answer = browser.post("/display", data={"name": name, "value": value, "next": "/help"})
    assert answer.location == "/display?next=/help"
    assert page_of(browser.get("/")).get("class") == expected


def test_a_strange_cookie_is_not_rendered(browser: FlaskClient) -> None:
    browser.set_cookie("type", '24"><b>')
    browser.set_cookie("language", "../../etc")
    page = page_of(browser.get("/"))
    assert page.get("class") == "type-24 theme-light"
    assert page.get("lang") == "zh-Hans"


@pytest.mark.parametrize(
    ("name", "lang", "words"),
    [
        ("zh_Hans", "zh-Hans", "用手机号登录"),
        ("zh_Hant_HK", "zh-Hant-HK", "用手機號碼登入"),
        ("en", "en", "Sign in with my"),
    ],
)
def test_a_language_is_chosen_by_one_link_on_any_page(browser: FlaskClient, name: str, lang: str, words: str) -> None:
    footer = page_of(browser.get("/")).find(".//footer")
    link = next(link.get("href") for link in footer.iter("a") if link.get("lang") == lang)
    assert browser.get(link).location == "/"
    answer = browser.get("/")
    assert page_of(answer).get("lang") == lang
    assert words in words_of(answer)


def test_a_language_link_leads_nowhere_else(browser: FlaskClient) -> None:
    assert browser.get("/language/en?next=https://elsewhere.example/").location == "/"


def entries(locale: str) -> Iterator[Message]:
    with repository_file(f"locales/{locale}/LC_MESSAGES/messages.po").open("rb") as file:
        yield from (message for message in read_po(file, locale=locale) if message.id)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_is_whole(locale: str) -> None:
    for message in entries(locale):
        strings = [message.string] if isinstance(message.string, str) else message.string
        assert all(strings), f"{locale}: no words for {message.id!r}"
        assert not message.fuzzy, f"{locale}: {message.id!r} is fuzzy"
        assert not list(message.check()), f"{locale}: {message.id!r} has other placeholders"


def test_the_catalogues_hold_what_the_code_says_and_nothing_else() -> None:
    root = repository_file("")
    said = set()
    for folder, method in (("webapp", "python"), ("templates", "jinja2")):
        options = {"**": {"trimmed": "true"}}
        for _file, _line, message, _comments, _context in extract_from_dir(
            root / folder, [("**", method)], options, keywords=DEFAULT_KEYWORDS | {"_l": None}
        ):
            said.add(message[:2] if isinstance(message, tuple) else message)
    kept = {message.id if isinstance(message.id, str) else tuple(message.id) for message in entries("zh_Hans")}
    assert kept == said


def test_every_language_says_the_same_things() -> None:
    first, *others = ({message.id for message in entries(locale)} for locale in LOCALES)
    assert all(other == first for other in others)


@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant_HK"])
def test_chinese_is_written_with_chinese_punctuation(locale: str) -> None:
    for message in entries(locale):
        strings = [message.string] if isinstance(message.string, str) else message.string
        for words in strings:
            assert not set(words) & set(",;?!"), f"{locale}: {words!r}"
