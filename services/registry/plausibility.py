"""Whether an extract may be what it says: one with the columns shifted, of another city or cut in half must not change
a city's people before somebody has looked (domain 3.7, 27)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from services.errors import ServiceError


@dataclass(frozen=True)
class Limits:
    """What an extract may do unasked. They are our own: no rule sets them, and none was measured yet.

    `unfit`: rows that are rejected or held, of all rows. `replaced`: rows that turn something known into something else
    (an address, a birth date; adding what nobody knew is no change here), of all rows. `died`: people who count as dead
    from now on, of all who lived; of people over 60 about three in a hundred die in a year. Nothing is held for fewer
    than `least` such rows.
    """

    unfit: Fraction = Fraction(10, 100)
    replaced: Fraction = Fraction(30, 100)
    died: Fraction = Fraction(3, 100)
    least: int = 100


class ImportHeld(ServiceError):
    """So much in the extract would be rejected or change people that somebody must look first. Nothing was changed.

    `too_many` names what (`unfit`, `replaced`, `died`); each of the three stands beside it as a number, and so do
    `rows`.
    """

    code = "import_held"


def hold_if_implausible(*, rows: int, living: int, unfit: int, replaced: int, died: int, limits: Limits) -> None:
    """Return if an import may go through unasked. `living`: how many people counted as living before it. Raises
    ImportHeld."""
    found = {
        "unfit": (unfit, limits.unfit * rows),
        "replaced": (replaced, limits.replaced * rows),
        "died": (died, limits.died * living),
    }
    too_many = [name for name, (count, most) in found.items() if count >= limits.least and count > most]
    if too_many:
        counts = {name: count for name, (count, _) in found.items()}
        raise ImportHeld(too_many=", ".join(too_many), rows=rows, **counts)
