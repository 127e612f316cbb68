"""What htmx gets: the inside of the same page, so that it never puts a page into a page."""

from __future__ import annotations

from flask.testing import FlaskClient

HTMX = {"HX-Request": "true"}


def test_a_swap_has_the_page_without_its_frame(hers: FlaskClient) -> None:
    answer = hers.get("/meals/book", headers=HTMX).get_data(as_text=True)
    assert "<html" not in answer
    assert "htmx.min.js" not in answer
    assert answer.count("<h1") == 1
    assert answer.lstrip().startswith("<title>")
    assert "HX-Request" in hers.get("/meals/book").headers["Vary"]


def test_whole_page_and_swap_say_the_same(hers: FlaskClient) -> None:
    whole = hers.get("/help").get_data(as_text=True)
    swap = hers.get("/help", headers=HTMX).get_data(as_text=True)
    assert swap[swap.index("<main") : swap.index("</main>")] in whole


def test_going_back_without_memory_loads_the_whole_page(hers: FlaskClient) -> None:
    answer = hers.get("/help", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in answer.get_data(as_text=True)


def test_signed_out_in_the_middle_the_swap_is_the_sign_in_page(browser: FlaskClient) -> None:
    answer = browser.get("/meals/book", headers=HTMX, follow_redirects=True)
    assert "您的手机号是多少" in answer.get_data(as_text=True)
