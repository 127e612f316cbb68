"""The line to a real SMS centre (npm's smpp on this machine): binding, window, throttling, breaking, TLS."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.database import new_id
from services.messages.gateways import Answer, Handover, Verdict
from services.messages.receipts import reference_of
from services.messages.smpp import open_line
from services.messages.smpp.connection import Receiver
from services.messages.smpp.line import SmppLine
from services.settings import Settings, SettingsWrong
from tests.sms_centre import SmsCentre, sms_centre, wait_until

PASSWORD = "open sesame"
Lines = Callable[..., SmppLine]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[SmsCentre]:
    with sms_centre(tmp_path, password=PASSWORD) as running:
        running.mood(receipts="none")
        yield running


def smpp_settings(settings: Settings, centre: SmsCentre, **changes: object) -> Settings:
    values = {
        "smpp_host": "127.0.0.1",
        "smpp_port": centre.port,
        "smpp_tls": False,
        "smpp_system_id": "yinian",
        "smpp_password": PASSWORD,
        "smpp_source_address": "106912345",
        "smpp_per_second": 10_000,
        "smpp_answer_seconds": 1.0,
        "smpp_enquire_seconds": 0.2,
    }
    return Settings(**(settings.model_dump() | values | changes))


@contextmanager
def line_to(settings: Settings, centre: SmsCentre, **changes: object) -> Iterator[SmppLine]:
    line = SmppLine(smpp_settings(settings, centre, **changes), Receiver(lambda *_: True, lambda _: None))
    line.open()
    try:
        yield line
    finally:
        line.close()


def submit(line: SmppLine, *texts: str, seconds: float = 10) -> list[Answer]:
    assert line.wait_bound(10)
    messages = [line.make_ready(Handover(new_id(), "15400000002", text)) for text in texts]
    return line.submit_many(messages, commit=lambda: None, give_up_at=time.monotonic() + seconds)()


def verdicts(answers: list[Answer]) -> list[Verdict]:
    return [answer.verdict for answer in answers]


def test_a_message_goes_in_ucs2_with_our_reference_and_asks_for_a_receipt(
    settings: Settings, centre: SmsCentre
) -> None:
    with line_to(settings, centre) as line:
        assert line.wait_bound(10)
        message = Handover(new_id(), "15400000002", "您好🙂")
        (answer,) = line.submit_many([line.make_ready(message)], commit=lambda: None, give_up_at=time.monotonic() + 5)()
    (taken,) = centre.events("taken")
    assert answer == Answer(Verdict.ACCEPTED, (taken["id"],))
    assert taken == taken | {
        "to": "8615400000002",
        "to_kind": 1,
        "from": "106912345",
        "text": "您好🙂",
        "coding": 8,
        "reference": reference_of(message.message_id),
        "receipt_wanted": 1,
    }
    # It says good-bye too.
    assert centre.wait_for("gone")


def test_a_long_message_goes_in_parts_or_as_payload(settings: Settings, centre: SmsCentre) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(150))
    with line_to(settings, centre) as line:
        (answer,) = submit(line, text)
    taken = centre.events("taken")
    assert answer.gateway_ids == tuple(it["id"] for it in taken)
    assert [it["text"] for it in taken] == [text[:67], text[67:134], text[134:]]
    assert [it["header"][0][-4:] for it in taken] == ["0301", "0302", "0303"]
    with line_to(settings, centre, smpp_long_messages="payload") as line:
        assert verdicts(submit(line, text)) == [Verdict.ACCEPTED]
    assert centre.events("taken")[-1]["as_payload"]
    assert centre.events("taken")[-1]["text"] == text


def test_more_messages_than_the_window_holds_all_go(settings: Settings, centre: SmsCentre) -> None:
    with line_to(settings, centre, smpp_window=3) as line:
        assert line.wait_bound(10)
        # Half of it: two rounds share the window.
        assert line.room() == 2
        assert verdicts(submit(line, *("您好" for _ in range(50)))) == [Verdict.ACCEPTED] * 50


def test_the_rate_of_the_contract_is_kept(settings: Settings, centre: SmsCentre) -> None:
    with line_to(settings, centre, smpp_per_second=50) as line:
        assert line.wait_bound(10)
        gone, started = 0, time.monotonic()
        while gone < 40:
            room = min(line.room(), 40 - gone)
            submit(line, *("您好" for _ in range(room)))
            gone += room
        assert time.monotonic() - started > 0.6


@pytest.mark.parametrize("status", [0x58, 0x14])
def test_a_full_sms_centre_makes_us_wait_and_come_back(settings: Settings, centre: SmsCentre, status: int) -> None:
    centre.mood(statuses=[status])
    with line_to(settings, centre) as line:
        (answer,) = submit(line, "您好")
        assert answer == Answer(Verdict.BUSY, wait=timedelta(0))
        started = time.monotonic()
        while not line.room():
            pass
        assert time.monotonic() - started > 0.7
        assert verdicts(submit(line, "您好")) == [Verdict.ACCEPTED]


def test_parts_that_were_throttled_follow_those_that_were_taken(settings: Settings, centre: SmsCentre) -> None:
    with line_to(settings, centre, smpp_window=1) as line:
        assert line.wait_bound(10)
        centre.mood(statuses=[])
        centre.mood(throttle_after=1)
        (answer,) = submit(line, "好" * 100)
        assert answer.verdict is Verdict.ACCEPTED
    assert [it["header"][0][-2:] for it in centre.events("taken")] == ["01", "02"]


def test_other_statuses_refuse_the_one_message_and_raise_nothing(settings: Settings, centre: SmsCentre) -> None:
    # A bad number, and a status that only this maker's SMS centres have.
    centre.mood(statuses=[0x0B, 0x400])
    with line_to(settings, centre) as line:
        answers = submit(line, "您好", "您好", "您好")
        assert verdicts(answers) == [Verdict.REFUSED, Verdict.REFUSED, Verdict.ACCEPTED]
        assert [answer.reason for answer in answers[:2]] == ["smpp 0x0000000b", "smpp 0x00000400"]
        centre.mood(statuses=[0x08])
        assert submit(line, "您好") == [Answer(Verdict.BUSY)]


def test_when_the_line_breaks_what_is_in_the_window_is_unknown_and_the_rest_stays(
    settings: Settings, centre: SmsCentre
) -> None:
    centre.mood(drop_after=3)
    with line_to(settings, centre, smpp_window=5) as line:
        answers = submit(line, *("您好" for _ in range(10)))
        assert verdicts(answers)[:2] == [Verdict.ACCEPTED] * 2
        assert Verdict.UNSURE in verdicts(answers)
        assert verdicts(answers)[-1] is Verdict.NOT_TRIED
        # Those that stayed here certainly never got there.
        never_left = verdicts(answers).count(Verdict.NOT_TRIED)
        assert len(centre.events("taken")) <= 10 - never_left
        centre.wait_for("sign_in", 2)
        assert verdicts(submit(line, "您好")) == [Verdict.ACCEPTED]


def test_an_sms_centre_that_falls_silent_is_left(settings: Settings, centre: SmsCentre) -> None:
    centre.mood(answer=False)
    with line_to(settings, centre) as line:
        assert verdicts(submit(line, "您好")) == [Verdict.UNSURE]
        centre.mood(answer=True, answer_enquiries=False)
        centre.wait_for("sign_in", 3)


def test_both_sides_may_ask_for_a_sign_of_life(settings: Settings, centre: SmsCentre) -> None:
    with line_to(settings, centre) as line:
        assert line.wait_bound(10)
        centre.order("enquire")
        centre.wait_for("alive")
        centre.order("unknown")
        centre.wait_for("generic_nack")
        wait_until(lambda: bool(centre.events("enquired")))
        assert line.wait_bound(0)


def test_an_sms_centre_that_says_good_bye_is_bound_again(settings: Settings, centre: SmsCentre) -> None:
    with line_to(settings, centre) as line:
        assert line.wait_bound(10)
        centre.order("unbind")
        centre.wait_for("sign_in", 2)


def test_a_wrong_password_is_told_without_it(
    settings: Settings, centre: SmsCentre, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with line_to(settings, centre, smpp_password="abracadabra", smpp_system_id="ali-baba") as line:
        centre.wait_for("sign_in")
        wait_until(lambda: "smpp_not_bound" in caplog.text)
        assert line.room() == 0
    assert "0x0000000e" in caplog.text
    assert "abracadabra" not in caplog.text
    assert "ali-baba" not in caplog.text


@pytest.mark.parametrize(("named", "bound"), [("127.0.0.1", True), ("127.0.0.9", False)])
def test_tls_checks_who_is_there(settings: Settings, tmp_path: Path, named: str, bound: bool) -> None:
    key, certificate = certificate_for(named)
    authority = tmp_path / "authority.pem"
    authority.write_text(certificate, encoding="ascii")
    with sms_centre(tmp_path, password=PASSWORD, tls={"key": key, "cert": certificate}) as centre:
        with line_to(settings, centre, smpp_tls=True, smpp_tls_ca_file=authority) as line:
            assert line.wait_bound(10 if bound else 1) == bound
        assert bool(centre.events("sign_in")) == bound


def test_an_unknown_authority_is_not_believed(settings: Settings, tmp_path: Path) -> None:
    key, certificate = certificate_for("127.0.0.1")
    with (
        sms_centre(tmp_path, password=PASSWORD, tls={"key": key, "cert": certificate}) as centre,
        line_to(settings, centre, smpp_tls=True) as line,
    ):
        assert not line.wait_bound(1)


def test_what_is_missing_in_the_settings_is_named(settings: Settings) -> None:
    with (
        pytest.raises(SettingsWrong, match="YINIAN_SMPP_HOST, YINIAN_SMPP_SYSTEM_ID"),
        open_line(settings, None, None, receive=None, on_undelivered=None),  # type: ignore[arg-type]
    ):
        pass


def certificate_for(address: str) -> tuple[str, str]:
    """A key and a certificate of its own for an address, both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SMS centre")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()
