"""The colours of static/css/tokens.css by WCAG's formula: text 7:1 on every ground, lines and rings 3:1."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import repository_file

THEMES = ("light", "dark", "yellow")
TEXT = [
    ("ink", "ground"), ("ink", "paper"), ("ink", "tint"), ("ink-soft", "ground"), ("ink-soft", "paper"),
    ("ink-soft", "tint"), ("on-main", "main"), ("on-main", "main-pressed"), ("on-tint", "tint"), ("on-tint", "paper"),
    ("on-tint", "ground"), ("on-danger", "danger"), ("on-danger-tint", "danger-tint"), ("on-danger-tint", "paper"),
    ("on-danger-tint", "ground"), ("on-done-tint", "done-tint"), ("on-demo-tint", "demo-tint"),
    ("on-demo-tint", "paper"),
]  # fmt: skip
LINES = [("edge", "ground"), ("edge", "paper"), ("edge", "tint"), ("main", "ground")]
SAMPLES = [("#1b2624", "#ffffff"), ("#f5f0e6", "#0e1a19"), ("#ffee33", "#000000")]


def tokens(theme: str) -> dict[str, str]:
    css = repository_file("static/css/tokens.css").read_text(encoding="utf-8")
    block = re.search(rf"\.theme-{theme} {{(.*?)}}", css, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block.group(1)))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", THEMES)
def test_text_stands_out_seven_to_one(theme: str) -> None:
    colours = tokens(theme)
    weak = {pair: contrast(*(colours[name] for name in pair)) for pair in TEXT}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 7} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_lines_stand_out_three_to_one(theme: str) -> None:
    colours = tokens(theme)
    weak = {pair: contrast(*(colours[name] for name in pair)) for pair in LINES}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 3} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_one_of_the_two_focus_rings_stands_out_on_every_ground(theme: str) -> None:
    colours = tokens(theme)
    for ground in ("ground", "paper", "tint", "main", "danger"):
        rings = (contrast(colours[ring], colours[ground]) for ring in ("ring-inner", "ring-outer"))
        assert max(rings) >= 3, ground


def test_every_theme_has_the_same_colours() -> None:
    assert len({frozenset(tokens(theme)) for theme in THEMES}) == 1


@pytest.mark.parametrize(("letters", "ground"), SAMPLES)
def test_the_samples_of_the_themes_can_be_read_in_every_theme(letters: str, ground: str) -> None:
    css = repository_file("static/css/components.css").read_text(encoding="utf-8")
    assert f"background: {ground}; color: {letters};" in css
    assert contrast(letters, ground) >= 7
