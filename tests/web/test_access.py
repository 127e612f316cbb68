"""Who may open what: the whole table of addresses, so that none appears without a thought."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from services.database import Database
from services.settings import Settings
from tests.conftest import person_named
from tests.web.conftest import TestClock, new_site, signed_in_browser
from tests.web.journeys import book_lunch
from webapp.access import access_of

ANYONE, SIGNED_IN, FAMILY, DEMO = "anyone", "signed_in", "family", "demo"
STAFF, WORKER, OPERATOR, SUPERVISOR = "staff", "community_worker", "operator", "supervisor"
CANTEEN, PROVIDER, CARE_WORKER = "canteen", "provider", "care_worker"

ROUTES = {
    ("GET", "/"): ANYONE,
    ("GET", "/health"): ANYONE,
    ("GET", "/help"): ANYONE,
    ("GET", "/static/<path:filename>"): ANYONE,
    ("GET", "/language/<name>"): ANYONE,
    ("GET", "/devices"): SIGNED_IN,
    ("POST", "/devices/others"): SIGNED_IN,
    ("GET", "/display"): ANYONE,
    ("POST", "/display"): ANYONE,
    ("GET", "/sign-in"): ANYONE,
    ("POST", "/sign-in"): ANYONE,
    ("POST", "/sign-in/again"): ANYONE,
    ("GET", "/sign-in/code"): ANYONE,
    ("POST", "/sign-in/code"): ANYONE,
    ("GET", "/sign-in/person"): ANYONE,
    ("POST", "/sign-in/person"): ANYONE,
    ("POST", "/sign-out"): ANYONE,
    ("GET", "/demo/phone"): DEMO,
    ("GET", "/demo/phone/<int:number>"): DEMO,
    ("POST", "/demo/phone/<int:number>"): DEMO,
    ("GET", "/meals/book"): SIGNED_IN,
    ("GET", "/meals/book/meal"): SIGNED_IN,
    ("GET", "/meals/book/canteen"): SIGNED_IN,
    ("GET", "/meals/book/way"): SIGNED_IN,
    ("GET", "/meals/book/quantity"): SIGNED_IN,
    ("GET", "/meals/book/review"): SIGNED_IN,
    ("POST", "/meals/book/review"): SIGNED_IN,
    ("GET", "/meals/bookings"): SIGNED_IN,
    ("GET", "/meals/bookings/<uuid:booking_id>"): SIGNED_IN,
    ("GET", "/meals/bookings/<uuid:booking_id>/cancel"): SIGNED_IN,
    ("POST", "/meals/bookings/<uuid:booking_id>/cancel"): SIGNED_IN,
    ("GET", "/meals/bookings/<uuid:booking_id>/complaint"): SIGNED_IN,
    ("POST", "/meals/bookings/<uuid:booking_id>/complaint"): SIGNED_IN,
    ("GET", "/meals/canteens"): SIGNED_IN,
    ("GET", "/meals/diet"): SIGNED_IN,
    ("POST", "/meals/diet"): SIGNED_IN,
    ("GET", "/meals/standing"): SIGNED_IN,
    ("GET", "/meals/standing/<uuid:order_id>"): SIGNED_IN,
    ("GET", "/meals/standing/<uuid:order_id>/end"): SIGNED_IN,
    ("POST", "/meals/standing/<uuid:order_id>/end"): SIGNED_IN,
    ("GET", "/meals/standing/change/<about>"): SIGNED_IN,
    ("GET", "/meals/standing/days"): SIGNED_IN,
    ("POST", "/meals/standing/days"): SIGNED_IN,
    ("GET", "/meals/standing/review"): SIGNED_IN,
    ("POST", "/meals/standing/review"): SIGNED_IN,
    ("GET", "/meals/standing/way"): SIGNED_IN,
    ("GET", "/meals/waiting/<uuid:waiting_id>"): SIGNED_IN,
    ("POST", "/meals/waiting/<uuid:waiting_id>/leave"): SIGNED_IN,
    ("GET", "/meals/waiting/join"): SIGNED_IN,
    ("POST", "/meals/waiting/join"): SIGNED_IN,
    ("GET", "/meals/waiting/way"): SIGNED_IN,
    ("GET", "/meals/week"): SIGNED_IN,
    ("GET", "/meals/week/again"): SIGNED_IN,
    ("POST", "/meals/week/again"): SIGNED_IN,
    ("GET", "/meals/week/change"): SIGNED_IN,
    ("GET", "/meals/week/change/<about>"): SIGNED_IN,
    ("GET", "/meals/week/review"): SIGNED_IN,
    ("POST", "/meals/week/review"): SIGNED_IN,
    ("GET", "/services"): SIGNED_IN,
    ("GET", "/services/more"): SIGNED_IN,
    ("GET", "/services/about"): SIGNED_IN,
    ("GET", "/services/day"): SIGNED_IN,
    ("GET", "/services/time"): SIGNED_IN,
    ("GET", "/services/who"): SIGNED_IN,
    ("GET", "/services/review"): SIGNED_IN,
    ("POST", "/services/review"): SIGNED_IN,
    ("GET", "/services/bookings"): SIGNED_IN,
    ("GET", "/services/bookings/<uuid:booking_id>"): SIGNED_IN,
    ("GET", "/services/bookings/<uuid:booking_id>/cancel"): SIGNED_IN,
    ("POST", "/services/bookings/<uuid:booking_id>/cancel"): SIGNED_IN,
    ("POST", "/services/bookings/<uuid:booking_id>/price"): SIGNED_IN,
    ("GET", "/services/bookings/<uuid:booking_id>/rating"): SIGNED_IN,
    ("POST", "/services/bookings/<uuid:booking_id>/rating"): SIGNED_IN,
    ("GET", "/services/bookings/<uuid:booking_id>/complaint"): SIGNED_IN,
    ("POST", "/services/bookings/<uuid:booking_id>/complaint"): SIGNED_IN,
    ("GET", "/benefits"): SIGNED_IN,
    ("GET", "/benefits/<name>"): SIGNED_IN,
    ("GET", "/benefits/payments"): SIGNED_IN,
    ("POST", "/benefits/<name>/apply"): SIGNED_IN,
    ("GET", "/home-adaptation"): SIGNED_IN,
    ("GET", "/home-adaptation/application/<owner>"): SIGNED_IN,
    ("POST", "/home-adaptation/application/<owner>"): SIGNED_IN,
    ("POST", "/home-adaptation/agreement"): SIGNED_IN,
    ("POST", "/home-adaptation/acceptance"): SIGNED_IN,
    ("GET", "/home-adaptation/objection"): SIGNED_IN,
    ("POST", "/home-adaptation/objection"): SIGNED_IN,
    ("GET", "/home-adaptation/withdrawal"): SIGNED_IN,
    ("POST", "/home-adaptation/withdrawal"): SIGNED_IN,
    ("GET", "/home-adaptation/photos/<uuid:photo_id>"): SIGNED_IN,
    ("GET", "/offers/<uuid:case_id>"): SIGNED_IN,
    ("POST", "/offers/<uuid:case_id>/agree"): SIGNED_IN,
    ("POST", "/offers/<uuid:case_id>/decline"): SIGNED_IN,
    ("POST", "/offers/<uuid:case_id>/withdraw"): SIGNED_IN,
    ("GET", "/my-data"): SIGNED_IN,
    ("POST", "/my-data/file"): SIGNED_IN,
    ("GET", "/my-data/correction"): SIGNED_IN,
    ("POST", "/my-data/correction"): SIGNED_IN,
    ("GET", "/my-data/deletion"): SIGNED_IN,
    ("POST", "/my-data/deletion"): SIGNED_IN,
    ("POST", "/my-data/family-file"): FAMILY,
    ("GET", "/texts"): SIGNED_IN,
    ("GET", "/certification"): SIGNED_IN,
    ("POST", "/certification/digits"): SIGNED_IN,
    ("GET", "/certification/digits"): SIGNED_IN,
    ("GET", "/certification/socket"): SIGNED_IN,
    ("POST", "/certification/visit"): SIGNED_IN,
    ("POST", "/certification/here"): SIGNED_IN,
    ("POST", "/certification/seen"): SIGNED_IN,
    ("GET", "/delegates"): SIGNED_IN,
    ("GET", "/delegates/<uuid:delegation_id>"): SIGNED_IN,
    ("GET", "/delegates/invite"): SIGNED_IN,
    ("POST", "/delegates/invite"): SIGNED_IN,
    ("POST", "/delegates/<uuid:delegation_id>/agree"): SIGNED_IN,
    ("POST", "/delegates/<uuid:delegation_id>/decline"): SIGNED_IN,
    ("POST", "/delegates/<uuid:delegation_id>/extend"): SIGNED_IN,
    ("GET", "/delegates/<uuid:delegation_id>/end"): SIGNED_IN,
    ("POST", "/delegates/<uuid:delegation_id>/end"): SIGNED_IN,
    ("GET", "/activities"): SIGNED_IN,
    ("GET", "/calls"): SIGNED_IN,
    ("POST", "/calls/community"): SIGNED_IN,
    ("POST", "/calls/family/<uuid:contact_id>"): SIGNED_IN,
    ("GET", "/emergency"): SIGNED_IN,
    ("POST", "/emergency"): SIGNED_IN,
    ("POST", "/emergency/well"): SIGNED_IN,
    ("GET", "/emergency/contacts"): SIGNED_IN,
    ("POST", "/emergency/contacts"): SIGNED_IN,
    ("POST", "/emergency/contacts/<uuid:contact_id>/remove"): SIGNED_IN,
    ("GET", "/family"): FAMILY,
    ("GET", "/family/name"): FAMILY,
    ("POST", "/family/name"): FAMILY,
    ("GET", "/family/ask"): FAMILY,
    ("POST", "/family/ask"): FAMILY,
    ("POST", "/family/requests/<uuid:delegation_id>/call-off"): FAMILY,
    ("POST", "/family/invitations/<uuid:delegation_id>/<answer>"): FAMILY,
    ("GET", "/family/charges/<uuid:delegation_id>/end"): FAMILY,
    ("POST", "/family/charges/<uuid:delegation_id>/end"): FAMILY,
    ("GET", "/demo/staff"): DEMO,
    ("GET", "/staff/sign-in"): ANYONE,
    ("POST", "/staff/sign-in"): ANYONE,
    ("GET", "/staff/sign-in/code"): ANYONE,
    ("POST", "/staff/sign-in/code"): ANYONE,
    ("GET", "/staff/sign-in/enrol"): ANYONE,
    ("POST", "/staff/sign-in/enrol"): ANYONE,
    ("POST", "/staff/sign-in/out"): ANYONE,
    ("GET", "/staff"): STAFF,
    ("GET", "/staff/tasks/<uuid:task_id>"): STAFF,
    ("POST", "/staff/tasks/<uuid:task_id>"): STAFF,
    ("GET", "/staff/sessions"): STAFF,
    ("POST", "/staff/sessions/others"): STAFF,
    ("GET", "/staff/activities"): WORKER,
    ("POST", "/staff/activities"): WORKER,
    ("POST", "/staff/activities/<uuid:activity_id>/call-off"): WORKER,
    ("POST", "/staff/activities/<uuid:activity_id>/places"): WORKER,
    ("GET", "/staff/alarms"): STAFF,
    ("GET", "/staff/alarms/strip"): STAFF,
    ("GET", "/staff/alarms/<uuid:emergency_id>"): STAFF,
    ("POST", "/staff/alarms/<uuid:emergency_id>/take"): STAFF,
    ("POST", "/staff/alarms/<uuid:emergency_id>/close"): STAFF,
    ("GET", "/staff/people"): WORKER,
    ("POST", "/staff/people"): WORKER,
    ("GET", "/staff/people/<uuid:person_id>"): WORKER,
    ("GET", "/staff/people/<uuid:person_id>/open"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/open"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/phone"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/contacts"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/contacts/<uuid:contact_id>/remove"): WORKER,
    ("GET", "/staff/people/<uuid:person_id>/family"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/desk"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/desk/end"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/family/invite"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/family/<uuid:delegation_id>/agree"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/family/<uuid:delegation_id>/<step>"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/apply"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/sign-out"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/refund"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/certify"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/helper"): WORKER,
    ("POST", "/staff/people/<uuid:person_id>/cases/<uuid:case_id>/<answer>"): WORKER,
    ("GET", "/staff/adaptations"): WORKER,
    ("GET", "/staff/adaptations/of/<uuid:person_id>"): WORKER,
    ("POST", "/staff/adaptations/of/<uuid:person_id>"): WORKER,
    ("GET", "/staff/adaptations/<uuid:adaptation_id>"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/home"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/assessment"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/photos/<stage>"): WORKER,
    ("GET", "/staff/adaptations/<uuid:adaptation_id>/photos/<uuid:photo_id>"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/agreement"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/owner"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/decision/<choice>"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/acceptance"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/objection"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/withdrawal"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/household/<uuid:person_id>"): WORKER,
    ("POST", "/staff/adaptations/<uuid:adaptation_id>/payment"): WORKER,
    ("GET", "/staff/provider"): PROVIDER,
    ("GET", "/staff/provider/visits/<uuid:booking_id>"): PROVIDER,
    ("POST", "/staff/provider/visits/<uuid:booking_id>/workers"): PROVIDER,
    ("POST", "/staff/provider/visits/<uuid:booking_id>/decline"): PROVIDER,
    ("GET", "/staff/provider/day"): PROVIDER,
    ("GET", "/staff/provider/settlement"): PROVIDER,
    ("POST", "/staff/provider/settlement/file"): PROVIDER,
    ("GET", "/staff/provider/adaptations"): PROVIDER,
    ("GET", "/staff/provider/adaptations/<uuid:adaptation_id>"): PROVIDER,
    ("POST", "/staff/provider/adaptations/<uuid:adaptation_id>/home"): PROVIDER,
    ("POST", "/staff/provider/adaptations/<uuid:adaptation_id>/quote"): PROVIDER,
    ("POST", "/staff/provider/adaptations/<uuid:adaptation_id>/photos/<stage>"): PROVIDER,
    ("GET", "/staff/provider/adaptations/<uuid:adaptation_id>/photos/<uuid:photo_id>"): PROVIDER,
    ("POST", "/staff/provider/adaptations/<uuid:adaptation_id>/begin"): PROVIDER,
    ("POST", "/staff/provider/adaptations/<uuid:adaptation_id>/finish"): PROVIDER,
    ("GET", "/staff/visits"): CARE_WORKER,
    ("GET", "/staff/visits/<uuid:booking_id>"): CARE_WORKER,
    ("POST", "/staff/visits/<uuid:booking_id>/start"): CARE_WORKER,
    ("POST", "/staff/visits/<uuid:booking_id>/end"): CARE_WORKER,
    ("GET", "/staff/visits/<uuid:booking_id>/not-at-home"): CARE_WORKER,
    ("POST", "/staff/visits/<uuid:booking_id>/not-at-home"): CARE_WORKER,
    ("GET", "/staff/supervision"): SUPERVISOR,
    ("POST", "/staff/supervision"): SUPERVISOR,
    ("POST", "/staff/supervision/export"): SUPERVISOR,
    ("GET", "/staff/supervision/reading"): SUPERVISOR,
    ("POST", "/staff/supervision/reading/<uuid:flag_id>"): SUPERVISOR,
    ("GET", "/staff/registers"): OPERATOR,
    ("POST", "/staff/registers"): OPERATOR,
    ("GET", "/staff/screening"): OPERATOR,
    ("POST", "/staff/screening"): OPERATOR,
    ("GET", "/staff/runs"): OPERATOR,
    ("POST", "/staff/runs"): OPERATOR,
    ("GET", "/staff/runs/<uuid:run_id>"): OPERATOR,
    ("POST", "/staff/runs/<uuid:run_id>/confirm"): OPERATOR,
    ("POST", "/staff/runs/<uuid:run_id>/audit"): OPERATOR,
    ("POST", "/staff/runs/<uuid:run_id>/pay"): OPERATOR,
    ("POST", "/staff/runs/<uuid:run_id>/bank-file"): OPERATOR,
    ("POST", "/staff/runs/<uuid:run_id>/returns"): OPERATOR,
    ("GET", "/staff/works/<uuid:work_id>"): OPERATOR,
    ("GET", "/staff/canteen"): CANTEEN,
    ("GET", "/staff/canteen/meals/<uuid:menu_id>"): CANTEEN,
    ("POST", "/staff/canteen/meals/<uuid:menu_id>/close"): CANTEEN,
    ("POST", "/staff/canteen/meals/<uuid:menu_id>/take-back"): CANTEEN,
    ("POST", "/staff/canteen/paper"): CANTEEN,
    ("GET", "/staff/canteen/rounds/<uuid:menu_id>"): CANTEEN,
    ("POST", "/staff/canteen/rounds/<uuid:menu_id>/brought"): CANTEEN,
    ("GET", "/staff/canteen/settlement"): CANTEEN,
    ("POST", "/staff/canteen/settlement"): CANTEEN,
    ("GET", "/staff/canteen/till"): CANTEEN,
    ("POST", "/staff/canteen/till"): CANTEEN,
    ("GET", "/staff/canteen/till-worker.js"): CANTEEN,
    ("GET", "/staff/canteen/till/bookings"): CANTEEN,
    ("POST", "/staff/canteen/till/serve"): CANTEEN,
    ("POST", "/staff/canteen/till/servings"): CANTEEN,
    ("GET", "/talk"): SIGNED_IN,
    ("POST", "/talk/say"): SIGNED_IN,
    ("POST", "/talk/speaking"): SIGNED_IN,
    ("GET", "/talk/socket"): SIGNED_IN,
}
AN_ID = "0195f0aa-0000-7000-8000-000000000000"


def test_every_address_needs_what_this_table_says(site: Flask) -> None:
    found = {
        (method, rule.rule): access_of(site.view_functions[rule.endpoint]).value
        for rule in site.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
    }
    assert found == ROUTES


def test_pages_of_a_person_lead_to_signing_in_and_back(browser: FlaskClient, site: Flask) -> None:
    for (method, rule), access in ROUTES.items():
        if access not in (SIGNED_IN, FAMILY) or rule.endswith("/socket"):
            continue
        address = re.sub("<(uuid:)?[a-z_]+>", AN_ID, rule)
        answer = browser.open(address, method=method)
        assert answer.status_code == 303, address
        assert urlsplit(answer.location).path == "/sign-in", address
        # The address after signing in must be a page; one that only takes a form leads to the first page.
        (back,) = parse_qs(urlsplit(answer.location).query).get("next", ["/"])
        assert back == (address if ("GET", rule) in ROUTES else "/")
        assert site.url_map.bind("").test(back, method="GET"), address


def test_pages_of_staff_lead_to_their_own_signing_in(browser: FlaskClient) -> None:
    for (method, rule), access in ROUTES.items():
        if access in (STAFF, WORKER, OPERATOR, SUPERVISOR, CANTEEN, PROVIDER, CARE_WORKER):
            address = re.sub("<(uuid:)?[a-z_]+>", AN_ID, rule).replace("<answer>", "agree")
            answer = browser.open(address, method=method)
            assert answer.status_code == 303, address
            assert urlsplit(answer.location).path == "/staff/sign-in", address


def test_choices_are_kept_while_signing_in(browser: FlaskClient) -> None:
    address = f"/meals/book/review?menu={AN_ID}&delivery=yes&quantity=1"
    answer = browser.post(address, data={"request_id": AN_ID})
    assert parse_qs(urlsplit(answer.location).query)["next"] == [address]


def test_the_demonstration_phone_is_not_there_outside_demonstration_mode(
    web_settings: Settings, database: Database, session: Session, clock: TestClock
) -> None:
    site = new_site(web_settings.model_copy(update={"demo": False}), database, session, clock)
    assert site.test_client().get("/demo/phone").status_code == 404
    assert site.test_client().get("/demo/phone/1").status_code == 404


def test_somebody_elses_booking_is_refused(hers: FlaskClient, site: Flask, session: Session, clock: TestClock) -> None:
    booking = book_lunch(hers)
    stranger = signed_in_browser(site, session, person_named(session, "黄婉仪"), "15400000003", clock.at)
    assert stranger.get(booking).status_code == 403
    assert stranger.get(f"{booking}/cancel").status_code == 403
    assert stranger.post(f"{booking}/cancel").status_code == 403
