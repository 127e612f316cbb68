"""Short ways through the site for tests that are about something else."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.conftest import page_of

TOMORROW = "2026-11-25"


def review_address(client: FlaskClient, *, day: str = TOMORROW, meal: str = "lunch", delivery: str = "no") -> str:
    """The address of the review page for the nearest canteen."""
    canteens = page_of(client.get(f"/meals/book/canteen?day={day}&meal={meal}"))
    way = next(link.get("href") for link in canteens.iter("a") if "/way?" in link.get("href", ""))
    return f"{way.replace('/way?', '/review?')}&delivery={delivery}&quantity=1"


def confirmation(client: FlaskClient, address: str) -> dict[str, str]:
    """What the review page's form would send."""
    form = next(form for form in page_of(client.get(address)).iter("form") if form.get("action") == address)
    return {field.get("name"): field.get("value") for field in form.iter("input")}


def book_lunch(client: FlaskClient, **wish: str) -> str:
    """Book it; the address of the booking."""
    address = review_address(client, **wish)
    answer = client.post(address, data=confirmation(client, address))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location
