"""How near a canteen is to somebody's home: by the city's own division, and in metres. No database in here."""

from __future__ import annotations

from services.meals.centres import Place, centre_of, metres_between
from services.meals.views import Canteen
from services.people import Person

NEARNESS = ("community", "street", "district", "city")


def nearness_of(person: Person, canteen: Canteen) -> str:
    """How near a canteen is to her home, by the city's own division."""
    if canteen.district != person.district:
        return "city"
    if canteen.street != person.street:
        return "district"
    return "community" if canteen.community == person.community else "street"


def metres_to(person: Person, canteen: Canteen) -> int | None:
    """As the crow flies from the middle of her community; None where one of the two is not known."""
    home = centre_of(person.district, person.community)
    if home is None or canteen.longitude is None or canteen.latitude is None:
        return None
    return metres_between(home, Place(canteen.longitude, canteen.latitude))


def nearest_first(person: Person, canteen: Canteen) -> tuple[int, bool, int, str]:
    """What to sort by where she chooses a meal: the city pays in her own district, so what is there comes before what
    is nearer beyond its border; then the way counts."""
    metres = metres_to(person, canteen)
    return NEARNESS.index(nearness_of(person, canteen)), metres is None, metres or 0, canteen.name
