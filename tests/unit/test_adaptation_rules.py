"""The adaptation of homes without a database: the parameters, the arithmetic, and photos that tell nothing."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from services.clock import SystemClock, local_day
from services.home_adaptation import AdaptationParametersWrong, AdaptationState, ItemGroup, PhotoWrong, rules_on
from services.home_adaptation.parameters import FILE, review_by
from services.home_adaptation.photos import LONGEST_SIDE, MOST_STORED_BYTES, made_anew
from services.home_adaptation.pricing import divide
from services.home_adaptation.states import ALLOWED, FINAL
from tests.adapting import photo

TODAY = date(2026, 11, 24)
NOTICE = timedelta(days=60)
ORIENTATION, GPS, CAMERA = 0x0112, 0x8825, 0x0110


@pytest.mark.parametrize(
    ("price", "aids", "aids_cap", "expected"),
    [
        # works alone, up to the cap
        (900_000, 0, 300_000, (900_000, 0)),
        (1_000_000, 0, 300_000, (1_000_000, 0)),
        (1_000_001, 0, 300_000, (1_000_000, 1)),
        # aids and devices count up to their own limit
        (400_000, 400_000, 300_000, (300_000, 100_000)),
        (300_000, 300_000, 300_000, (300_000, 0)),
        # both limits at once
        (1_400_000, 400_000, 300_000, (1_000_000, 400_000)),
        # where there is no limit of their own
        (400_000, 400_000, None, (400_000, 0)),
    ],
)
def test_the_city_pays_up_to_the_cap_and_she_what_is_above(
    price: int, aids: int, aids_cap: int | None, expected: tuple[int, int]
) -> None:
    shares = divide(price, aids, cap_fen=1_000_000, aids_cap_fen=aids_cap)
    assert (shares.subsidy_fen, shares.self_paid_fen) == expected


@given(works=st.integers(0, 3_000_000), aids=st.integers(0, 3_000_000), less=st.integers(0, 3_000_000))
def test_what_costs_less_than_quoted_never_costs_her_more(works: int, aids: int, less: int) -> None:
    quoted = divide(works + aids, aids, cap_fen=1_000_000, aids_cap_fen=300_000)
    cheaper = divide(works + max(0, aids - less), max(0, aids - less), cap_fen=1_000_000, aids_cap_fen=300_000)
    assert cheaper.self_paid_fen <= quoted.self_paid_fen
    assert cheaper.subsidy_fen <= quoted.subsidy_fen <= 1_000_000
    assert quoted.subsidy_fen + quoted.self_paid_fen == works + aids


def test_the_limit_for_aids_is_that_of_the_day_and_the_district() -> None:
    assert rules_on(date(2021, 6, 1)).aids_cap_fen("罗湖区") is None
    assert rules_on(TODAY).aids_cap_fen("罗湖区") == 300_000
    assert rules_on(TODAY).aids_cap_fen("龙华区") is None
    assert rules_on(TODAY).aids_cap_fen(None) == 300_000
    assert set(rules_on(TODAY).items.values()) == set(ItemGroup)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("ramp: works", "ramp: work"), "works"),
        (("value: 300000", "value: -1"), "greater than or equal to 0"),
        (('"440309"', '"440"'), "440"),
        (("quote_valid_days:", "quote_days:"), "quote_days"),
        (("review_by: 2027-04-30", "review_by: soon"), "review_by"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    assert change[0] in FILE.read_text(encoding="utf-8")
    file = tmp_path / "parameters.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(AdaptationParametersWrong, match=r"parameters\.yaml") as refused:
        rules_on(TODAY, file)
    assert named in str(refused.value)


def test_the_parameters_are_looked_at_in_time() -> None:
    """Red 60 days before: somebody has to look whether it still holds."""
    assert local_day(SystemClock().now()) + NOTICE < review_by()


def test_every_state_leads_somewhere_or_is_final() -> None:
    assert set(ALLOWED) == set(AdaptationState)
    assert {state for state, further in ALLOWED.items() if not further} == FINAL
    reached, waiting = {AdaptationState.APPLIED}, [AdaptationState.APPLIED]
    while waiting:
        new = ALLOWED[waiting.pop()] - reached
        reached |= new
        waiting += new
    assert reached == set(AdaptationState)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_its_picture_and_nothing_else(form: str) -> None:
    exif = Image.Exif()
    exif[CAMERA], exif[ORIENTATION] = "camera of a neighbour", 6
    exif.get_ifd(GPS)[1] = "N"
    original = photo("teal", form, (40, 30), exif=exif)
    assert b"camera of a neighbour" in original
    clean = made_anew(original + b"<script>something hidden</script>")
    assert b"camera of a neighbour" not in clean
    assert b"script" not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert image.format == "JPEG"
        assert image.size == (30, 40)  # upright, as the telephone had said
        assert not image.getexif()


def test_a_large_photo_becomes_small_and_a_transparent_one_is_taken() -> None:
    clean = made_anew(photo(size=(4000, 3000)))
    assert len(clean) <= MOST_STORED_BYTES
    with Image.open(io.BytesIO(clean)) as image:
        assert max(image.size) == LONGEST_SIDE
    written = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(written, "PNG")
    assert made_anew(written.getvalue())


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", photo()[:200], photo(form="GIF"), photo(form="BMP"), b"\xff\xd8\xff" + b"0" * 1000,
     photo(form="PNG", size=(9000, 9000))],
    ids=["empty", "text", "cut_off", "gif", "bmp", "garbage", "bomb"],
)  # fmt: skip
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoWrong):
        made_anew(content)
