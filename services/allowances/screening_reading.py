"""Finding candidates: a city's people as columns, the rules of `services.benefits` over all of them at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from services import registry
from services.allowances.months import month_of, months_later
from services.allowances.payable import amounts_for
from services.allowances.rules import ALLOWANCE, entitled_by, figure
from services.allowances.states import CaseState, StopReason
from services.benefits import Status
from services.benefits.answers import ELIGIBLE, Verdicts, verdicts_for
from services.benefits.days import completed_years
from services.benefits.facts import HUKOU_NAMES, NOBODY, PLACE_OF, day_code
from services.benefits.reasons import FACTS_MISSING
from services.database.columns import ID_BYTES, read_columns

IN_DOUBT = "in_doubt"

# Whoever has, or had, a case gets no second offer, but for those who had left the city: by the rule they may apply
# again once they are back (深民规〔2020〕3号).
HAS_CASE = f"""
p.id IN (
    SELECT person_id FROM allowance_cases
    WHERE benefit = %(benefit)s
        AND NOT (state = '{CaseState.STOPPED}' AND stop_reason = '{StopReason.MOVED_OUT}')
)
"""
_HUKOU = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(HUKOU_NAMES))
# What the rules of this benefit ask for. Anything else that they might ask for one day counts as not known, and
# whoever it matters for is reported as such and gets no offer.
COLUMNS = {
    "id": ("uuid", "p.id"),
    "birth_on": ("integer", "p.birth_on - DATE '1970-01-01'"),
    "died_on": ("integer", f"coalesce(p.died_on - DATE '1970-01-01', {NOBODY[PLACE_OF['died_on']]})"),
    "hukou": ("integer", f"CASE p.hukou {_HUKOU} ELSE 0 END"),
    "has_case": ("integer", f"({HAS_CASE})::integer"),
}
EVERYBODY = "FROM persons p WHERE p.city = %(city)s"


@dataclass(frozen=True)
class Candidates:
    """To whom an offer would be made. `ids`: bytes of UUIDs; `amounts`: fen of each one's first month; `ages`: in
    completed years; `rule`: the version that says so."""

    looked_at: int
    already: int
    excluded: dict[str, int]
    ids: list[bytes]
    amounts: NDArray[np.int64]
    ages: NDArray[np.int64]
    rule: str

    @property
    def in_doubt(self) -> int:
        """How many would get an offer if the registers agreed about them."""
        return self.excluded.get(IN_DOUBT, 0)


def read_people(session: Session, *, city: str) -> dict[str, NDArray[Any]]:
    """What the rules ask for, of everybody in the city."""
    return read_columns(session, COLUMNS, EVERYBODY, {"city": city, "benefit": ALLOWANCE.value})


def codes_of_people(people: dict[str, NDArray[Any]], on: date) -> NDArray[np.int32]:
    """The facts of everybody as the rules read them (`services.benefits.facts`)."""
    codes = np.empty((len(people["id"]), len(NOBODY)), dtype=np.int32)
    codes[:] = NOBODY
    codes[:, PLACE_OF["as_of"]] = day_code(on)
    for name in ("birth_on", "died_on", "hukou"):
        codes[:, PLACE_OF[name]] = people[name]
    return codes


def verdicts_of(codes: NDArray[np.int32]) -> Verdicts | None:
    """What the rules say of everybody, who all have the same day; None where there is nobody."""
    return next((verdicts[0] for _, verdicts in verdicts_for(codes, benefits=(ALLOWANCE,))), None)


def find_candidates(session: Session, *, city: str, as_of: date) -> Candidates:
    """Everybody who is entitled by the day that offers look ahead to, has no case, and is in no doubt."""
    people = read_people(session, city=city)
    has_case = people["has_case"] == 1
    verdicts = verdicts_of(codes_of_people(people, entitled_by(as_of)))
    if verdicts is None:
        return Candidates(0, 0, {}, [], np.zeros(0, np.int64), np.zeros(0, np.int64), "")
    wanted = (verdicts.status == ELIGIBLE) & ~has_case
    excluded = _reasons(verdicts, ~(verdicts.status == ELIGIBLE) & ~has_case)
    places = np.flatnonzero(wanted)
    ids = _as_bytes(people["id"][places])
    doubtful = {person_id.bytes for person_id in registry.people_in_doubt(session, city=city)}
    is_sure = np.fromiter((person_id not in doubtful for person_id in ids), dtype=bool, count=len(ids))
    if len(ids) > is_sure.sum():
        excluded[IN_DOUBT] = len(ids) - int(is_sure.sum())
    births = people["birth_on"][places[is_sure]].astype("datetime64[D]")
    return Candidates(
        looked_at=len(people["id"]),
        already=int(has_case.sum()),
        excluded=excluded,
        ids=[person_id for person_id, sure in zip(ids, is_sure.tolist(), strict=True) if sure],
        amounts=_first_amounts(births, as_of),
        ages=completed_years(births, np.full(len(births), as_of, dtype="datetime64[D]")),
        rule=verdicts.rule,
    )


def _first_amounts(births: NDArray[Any], as_of: date) -> NDArray[np.int64]:
    """Of this month, or of the month in which the age is reached."""
    amounts = np.zeros(len(births), dtype=np.int64)
    for ahead in range(figure(as_of, "offer_lead_months") + 1):
        later = amounts_for(months_later(month_of(as_of), ahead), births)
        amounts = np.where(amounts > 0, amounts, later)
    return amounts


def _reasons(verdicts: Verdicts, those: NDArray[np.bool_]) -> dict[str, int]:
    """How many of those are out for which reason; whoever has several counts for the first."""
    places = np.flatnonzero(those)
    keys, examples, counts = np.unique(verdicts.keys()[places], return_index=True, return_counts=True)
    found: Counter[str] = Counter()
    for example, count in zip(examples.tolist(), counts.tolist(), strict=True):
        answer = verdicts.answer(int(places[example]))
        why = FACTS_MISSING if answer.status is Status.NEED_TO_KNOW else answer.reasons[0]
        found[why] += count
    assert sum(found.values()) == len(places), keys
    return dict(sorted(found.items()))


def _as_bytes(ids: NDArray[Any]) -> list[bytes]:
    packed = ids.tobytes()
    return [packed[start : start + ID_BYTES] for start in range(0, len(packed), ID_BYTES)]
