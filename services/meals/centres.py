"""Where communities are, and how far it is from one point to another. No database in here."""

from __future__ import annotations

from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Annotated, NamedTuple

import yaml
from pydantic import Field, TypeAdapter

from services.meals.subsidy import ParametersWrong

FILE = Path(__file__).with_name("centres.yaml")
EARTH_RADIUS_METRES = 6_371_000

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


class Place(NamedTuple):
    """A point on the map, in degrees (WGS 84)."""

    longitude: Longitude
    latitude: Latitude


@cache
def load_centres(file: Path = FILE) -> dict[str, dict[str, Place]]:
    """The middle of each community, by district and name. Raises ParametersWrong naming the file."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        return TypeAdapter(dict[str, dict[str, Place]]).validate_python(content)
    except (ValueError, yaml.YAMLError) as error:
        raise ParametersWrong(file=file.name, problem=str(error)) from error


def centre_of(district: str | None, community: str | None) -> Place | None:
    """The middle of a community; None where nobody measured it."""
    if district is None or community is None:
        return None
    return load_centres().get(district, {}).get(community)


def metres_between(one: Place, other: Place) -> int:
    """As the crow flies, over a round earth.

    >>> metres_between(Place(114.131, 22.562), Place(114.131, 22.571))
    1001
    """
    latitudes = radians(one.latitude), radians(other.latitude)
    north = (latitudes[1] - latitudes[0]) / 2
    east = radians(other.longitude - one.longitude) / 2
    chord = sin(north) ** 2 + cos(latitudes[0]) * cos(latitudes[1]) * sin(east) ** 2
    return round(2 * EARTH_RADIUS_METRES * asin(sqrt(chord)))
