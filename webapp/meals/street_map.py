"""A map of the roads between her community and the canteens, drawn by ourselves: no outside service learns of her.

The roads are a sketch (streets.yaml), so the map shows on which side of which road a place lies and no more. What it
shows is in words on the page too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import cos, radians
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("streets.yaml")
WIDTH, LEAST_HEIGHT, MOST_HEIGHT, EDGE = 720, 380, 560, 84
LETTER = 26
PIN = 30
# A single canteen round the corner is still shown with the roads about it.
LEAST_KILOMETRES = 2.4
KILOMETRES_A_DEGREE = 111.2
# The length of the scale: the longest of these that takes no more than this part of the width.
SCALE_METRES, SCALE_SHARE = (5000, 2000, 1000, 500, 200), 0.34


@dataclass(frozen=True)
class Point:
    """A place on the earth, in degrees."""

    longitude: float
    latitude: float


@dataclass(frozen=True)
class Label:
    """A road's name where it is written, in units of the drawing."""

    words: str
    x: int
    y: int


@dataclass(frozen=True)
class Pin:
    """A place on the drawing; the number is the one that it has in the list beside it, 0 for where she lives. Where it
    stood on another it was moved aside: `spot_x` and `spot_y` are where it belongs."""

    number: int
    x: int
    y: int
    spot_x: int
    spot_y: int

    @property
    def is_aside(self) -> bool:
        """Whether a line has to lead from the pin to its place."""
        return (self.x, self.y) != (self.spot_x, self.spot_y)


@dataclass(frozen=True)
class StreetMap:
    """What the template draws: `roads` as the points of their lines, names of roads, pins, and a scale: of how many
    metres, and how long it is on the drawing."""

    roads: tuple[str, ...]
    labels: tuple[Label, ...]
    pins: tuple[Pin, ...]
    scale_metres: int
    scale_length: int
    height: int
    width: int = WIDTH


@dataclass(frozen=True)
class _Frame:
    """From degrees to units of the drawing."""

    west: float
    north: float
    units_a_degree_east: float
    units_a_degree_north: float
    height: int

    def place(self, point: Point) -> tuple[int, int]:
        return (
            round((point.longitude - self.west) * self.units_a_degree_east),
            round((self.north - point.latitude) * self.units_a_degree_north),
        )


def draw_street_map(home: Point | None, canteens: Mapping[int, Point]) -> StreetMap | None:
    """The map with her community and the canteens on it, by their numbers in the list; None without any canteen.

    >>> found = draw_street_map(Point(114.130, 22.567), {1: Point(114.175, 22.563)})
    >>> [pin.number for pin in found.pins], "翠竹路" in [label.words for label in found.labels]
    ([0, 1], True)
    """
    if not canteens:
        return None
    places = {0: home, **canteens} if home else dict(canteens)
    frame = _frame_around(list(places.values()))
    pins = _pins(frame, places)
    lines = {name: [frame.place(point) for point in points] for name, points in _streets().items()}
    seen = {name: line for name, line in lines.items() if _crosses_the_drawing(line, frame.height)}
    units_a_metre = frame.units_a_degree_north / KILOMETRES_A_DEGREE / 1000
    metres = next(each for each in SCALE_METRES if each * units_a_metre <= SCALE_SHARE * WIDTH)
    return StreetMap(
        roads=tuple(" ".join(f"{x},{y}" for x, y in line) for line in seen.values()),
        labels=tuple(_labels(seen, pins, frame.height)),
        pins=pins,
        scale_metres=metres,
        scale_length=round(metres * units_a_metre),
        height=frame.height,
    )


@cache
def _streets() -> dict[str, tuple[Point, ...]]:
    drawn = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: tuple(Point(*point) for point in points) for name, points in drawn.items()}


def _frame_around(points: list[Point]) -> _Frame:
    latitudes, longitudes = [point.latitude for point in points], [point.longitude for point in points]
    middle = Point((min(longitudes) + max(longitudes)) / 2, (min(latitudes) + max(latitudes)) / 2)
    east_kilometres = KILOMETRES_A_DEGREE * cos(radians(middle.latitude))
    kilometres_wide = max((max(longitudes) - min(longitudes)) * east_kilometres, LEAST_KILOMETRES)
    kilometres_high = (max(latitudes) - min(latitudes)) * KILOMETRES_A_DEGREE
    scale = (WIDTH - 2 * EDGE) / kilometres_wide
    if kilometres_high * scale > MOST_HEIGHT - 2 * EDGE:
        scale = (MOST_HEIGHT - 2 * EDGE) / kilometres_high
    # No higher than the places need: below an empty part she would look for something.
    height = max(LEAST_HEIGHT, round(kilometres_high * scale) + 2 * EDGE)
    return _Frame(
        west=middle.longitude - WIDTH / 2 / scale / east_kilometres,
        north=middle.latitude + height / 2 / scale / KILOMETRES_A_DEGREE,
        units_a_degree_east=scale * east_kilometres,
        units_a_degree_north=scale * KILOMETRES_A_DEGREE,
        height=height,
    )


def _pins(frame: _Frame, places: Mapping[int, Point]) -> tuple[Pin, ...]:
    """One pin for each place, moved aside where it would cover one that stands already."""
    pins: list[Pin] = []
    for number, point in places.items():
        x, y = spot = frame.place(point)
        while any(abs(pin.x - x) < 2 * PIN and abs(pin.y - y) < 2 * PIN for pin in pins):
            x += 2 * PIN
        pins.append(Pin(number, x, y, *spot))
    return tuple(pins)


def _crosses_the_drawing(line: list[tuple[int, int]], height: int) -> bool:
    return any(
        max(x, next_x) > 0 and min(x, next_x) < WIDTH and max(y, next_y) > 0 and min(y, next_y) < height
        for (x, y), (next_x, next_y) in pairwise(line)
    )


def _labels(roads: dict[str, list[tuple[int, int]]], pins: tuple[Pin, ...], height: int) -> Iterable[Label]:
    """A name for each road that has room for one; no name covers a pin, the scale or another name."""
    taken: list[tuple[float, float, float, float]] = [
        (0, height - 2 * LETTER, SCALE_SHARE * WIDTH + 4 * LETTER, height)
    ]
    taken += [(pin.x - PIN, pin.y - PIN, pin.x + PIN, pin.y + PIN) for pin in pins]
    for name, line in roads.items():
        for x, y in _along(line):
            half = LETTER * len(name) / 2 + 4
            box = (x - half, y - LETTER, x + half, y + LETTER / 2)
            inside = box[0] > 0 and box[1] > 0 and box[2] < WIDTH and box[3] < height
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                yield Label(name, x, y)
                break


def _along(line: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Points of a line, the middles of its parts first."""
    for share in (0.5, 0.25, 0.75):
        for (x, y), (next_x, next_y) in pairwise(line):
            yield round(x + (next_x - x) * share), round(y + (next_y - y) * share)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
