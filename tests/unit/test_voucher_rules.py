"""How vouchers pay a bill: the arithmetic, and the parameters behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clock import SystemClock, local_day
from services.vouchers import ItemKind, VoucherKind, VoucherParametersWrong
from services.vouchers.parameters import FILE, review_by, rules_on
from services.vouchers.splitting import Purse, divide

SUBSIDY, CONSUMPTION = VoucherKind.HOME_CARE_SUBSIDY, VoucherKind.CARE_CONSUMPTION_VOUCHER
TODAY = date(2026, 11, 24)
NOTICE = timedelta(days=60)


@pytest.mark.parametrize(
    ("item", "price", "purses", "paid"),
    [
        # domain 5.5: a bath at 150 against a wallet of 300 costs her nothing
        (ItemKind.BATHING, 15000, [(SUBSIDY, 30000)], (15000,)),
        # domain 5.5: half of 200 that she would pay herself for a nurse
        (ItemKind.MEDICAL_HELP, 20000, [(CONSUMPTION, 80000)], (10000,)),
        # the voucher of 2026 takes half of what the subsidy left
        (ItemKind.BATHING, 15000, [(SUBSIDY, 10000), (CONSUMPTION, 80000)], (10000, 2500)),
        # nothing is left for the second where the first pays all
        (ItemKind.CLEANING, 9000, [(SUBSIDY, 30000), (CONSUMPTION, 80000)], (9000, 0)),
        # the last of the month
        (ItemKind.MEDICAL_HELP, 20000, [(CONSUMPTION, 300)], (300,)),
        # shares are rounded down: the city never pays more than its share
        (ItemKind.CLEANING, 101, [(CONSUMPTION, 80000)], (50,)),
        # day care: 40 percent, and not by the subsidy for care at home
        (ItemKind.DAY_CARE, 10000, [(SUBSIDY, 30000), (CONSUMPTION, 80000)], (0, 4000)),
        # the list of 2026 has no rehabilitation and no company
        (ItemKind.REHABILITATION, 16000, [(SUBSIDY, 10000), (CONSUMPTION, 80000)], (10000, 0)),
        (ItemKind.OTHER, 5000, [(SUBSIDY, 30000), (CONSUMPTION, 80000)], (0, 0)),
        (ItemKind.CLEANING, 0, [(SUBSIDY, 30000)], (0,)),
        (ItemKind.CLEANING, 9000, [], ()),
        # of two months the one that ends first pays first
        (ItemKind.CLEANING, 9000, [(SUBSIDY, 4000), (SUBSIDY, 30000)], (4000, 5000)),
    ],
)
def test_a_price_divides_as_the_rules_say(
    item: ItemKind, price: int, purses: list[tuple[VoucherKind, int]], paid: tuple[int, ...]
) -> None:
    assert divide(price, item, [Purse(*each) for each in purses], rules_on(TODAY)) == paid


def test_by_a_rule_that_takes_its_share_of_the_whole_price_she_still_never_gets_more_than_the_price() -> None:
    rules = replace(rules_on(TODAY), share_of="price")
    assert divide(15000, ItemKind.BATHING, [Purse(SUBSIDY, 10000), Purse(CONSUMPTION, 80000)], rules) == (10000, 5000)


def test_the_rules_are_named_by_their_last_change() -> None:
    assert rules_on(date(2017, 6, 1)).version != rules_on(TODAY).version == "vouchers-2026-01-01"


@given(
    price=st.integers(0, 1_000_000),
    item=st.sampled_from(ItemKind),
    purses=st.lists(st.tuples(st.sampled_from(VoucherKind), st.integers(0, 100_000)), max_size=5),
)
def test_no_voucher_pays_more_than_it_has_and_none_more_than_the_price(
    price: int, item: ItemKind, purses: list[tuple[VoucherKind, int]]
) -> None:
    paid = divide(price, item, [Purse(*each) for each in purses], rules_on(TODAY))
    assert all(0 <= fen <= left for fen, (_, left) in zip(paid, purses, strict=True))
    assert sum(paid) <= price
    taken = sum(fen for fen, (kind, _) in zip(paid, purses, strict=True) if kind is CONSUMPTION)
    assert taken * 100 <= price * rules_on(TODAY).percent[CONSUMPTION].get(item, 0)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("bathing: 100", "bathingg: 100"), "bathingg"),
        (("cleaning: 50", "cleaning: 101"), "less than or equal to 100"),
        (("value: remainder", "value: everything"), "remainder"),
        (("[home_care_subsidy, care_consumption_voucher]", "[home_care_subsidy]"), "each of"),
        (("order:", "orders:"), "orders"),
        (("{home_care_subsidy: 0, ", "{"), "each of"),
        (("review_by: 2027-03-01", "review_by: soon"), "review_by"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    assert change[0] in FILE.read_text(encoding="utf-8")
    file = tmp_path / "parameters.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(VoucherParametersWrong, match=r"parameters\.yaml") as refused:
        rules_on(TODAY, file)
    assert named in str(refused.value)


def test_the_parameters_are_looked_at_in_time() -> None:
    assert local_day(SystemClock().now()) + NOTICE < review_by(), (
        "look whether services/vouchers/parameters.yaml still holds"
    )
