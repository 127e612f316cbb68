"""Short notation for many ways to say one thing: `(帮|给)我[一下]` stands for four phrases.

Round brackets choose one of several, square brackets may be left out, both may be nested. A template is expanded to
all its phrases when the rules are loaded, so that one table of words serves exact and sound-alike matching.
"""

from itertools import product

MOST_PHRASES = 2000
_CLOSING = {"(": ")", "[": "]"}


class TemplateError(ValueError):
    """A template that cannot be read; the message says why."""


def expand(template: str) -> tuple[str, ...]:
    """Every phrase that the template stands for, in the order of its alternatives, each once.

    >>> expand("[请](帮|给)我")
    ('请帮我', '请给我', '帮我', '给我')

    Raises TemplateError for unbalanced brackets, an empty phrase and more than `MOST_PHRASES` phrases.
    """
    phrases, rest = _alternatives(template, 0, None)
    if rest != len(template):
        raise TemplateError(f"closing bracket without an opening one at character {rest + 1}")
    unique = tuple(dict.fromkeys(phrases))
    if "" in unique:
        raise TemplateError("the template may be empty: something in it must always be said")
    if len(unique) > MOST_PHRASES:
        raise TemplateError(f"the template stands for {len(unique)} phrases, at most {MOST_PHRASES} are allowed")
    return unique


def _alternatives(template: str, at: int, closing: str | None) -> tuple[list[str], int]:
    found: list[str] = []
    while True:
        phrases, at = _sequence(template, at)
        found.extend(phrases)
        if at < len(template) and template[at] == "|":
            at += 1
            continue
        if closing and (at >= len(template) or template[at] != closing):
            raise TemplateError(f"missing {closing!r}")
        return found, at


def _sequence(template: str, at: int) -> tuple[list[str], int]:
    parts: list[list[str]] = []
    while at < len(template) and template[at] not in "|)]":
        character = template[at]
        if character in _CLOSING:
            inner, at = _alternatives(template, at + 1, _CLOSING[character])
            parts.append([*inner, ""] if character == "[" else inner)
        else:
            parts.append([character])
        at += 1
    return ["".join(choice) for choice in product(*parts)], at
