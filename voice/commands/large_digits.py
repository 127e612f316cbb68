"""A telephone number drawn so large in a terminal that it can be read across a room."""

from __future__ import annotations

# Each digit is five rows of three.
_DRAWN = {
    "0": ("███", "█ █", "█ █", "█ █", "███"),
    "1": (" █ ", "██ ", " █ ", " █ ", "███"),
    "2": ("███", "  █", "███", "█  ", "███"),
    "3": ("███", "  █", "███", "  █", "███"),
    "4": ("█ █", "█ █", "███", "  █", "  █"),
    "5": ("███", "█  ", "███", "  █", "███"),
    "6": ("███", "█  ", "███", "█ █", "███"),
    "7": ("███", "  █", "  █", "  █", "  █"),
    "8": ("███", "█ █", "███", "█ █", "███"),
    "9": ("███", "█ █", "███", "  █", "███"),
}
# A character of a terminal is about twice as high as it is wide.
_WIDER = 2


def large(number: str) -> str:
    """The digits of a number in five rows; what is no digit is left out.

    >>> print(large("1-1").replace("█", "#"))
      ##        ##
    ####      ####
      ##        ##
      ##        ##
    ######    ######
    """
    digits = [_DRAWN[character] for character in number if character in _DRAWN]
    rows = ("  ".join(digit[row] for digit in digits) for row in range(5))
    return "\n".join("".join(cell * _WIDER for cell in row).rstrip() for row in rows)
