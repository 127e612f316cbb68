"""What every page of the site must be, whatever it shows. Layout and contrast are measured in tests/e2e."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import html5lib

FORM_FIELDS = ("input", "select", "textarea")
HAS_NAME_OF_ITS_OWN = ("hidden", "submit", "button")


@lru_cache(maxsize=8)
def parsed(html: str) -> tuple[Any, tuple[object, ...]]:
    """The page as a tree of elements without namespaces, and the mistakes in it with their places. Reading a page costs
    more than making it, and most are looked at more than once."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=False, namespaceHTMLElements=False)
    return parser.parse(html), tuple((place, code) for place, code, _ in parser.errors)


def check_page(html: str) -> None:
    """Fails with what is wrong with a whole page."""
    tree, mistakes = parsed(html)
    assert not mistakes
    assert tree.get("lang"), "the page does not say its language"
    assert tree.get("class"), "the page has neither a type size nor a theme"
    title = tree.findtext("head/title") or ""
    assert title.strip(), "the page has no title"
    assert len(tree.findall(".//h1")) == 1, "a page has exactly one h1"
    assert tree.find(".//main") is not None
    _check_names(tree)
    _check_nothing_inline(tree)
    _check_forms(tree)
    assert "%(" not in "".join(tree.itertext()), "a placeholder was not filled in"


def _check_names(tree: Any) -> None:
    labelled = {label.get("for") for label in tree.iter("label")}
    for field in (field for kind in FORM_FIELDS for field in tree.iter(kind)):
        if field.get("type") not in HAS_NAME_OF_ITS_OWN:
            assert field.get("id") in labelled, f"no label for {field.attrib}"
    for pressed in [*tree.iter("a"), *tree.iter("button")]:
        assert "".join(pressed.itertext()).strip(), f"nothing to read on {pressed.attrib}"
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), f"an id is used twice: {ids}"


def _check_nothing_inline(tree: Any) -> None:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag != "style", "a style sheet inside the page"
        assert element.tag != "script" or element.get("src"), "a script inside the page"
        inline = [name for name in element.attrib if name == "style" or re.match(r"on[a-z]+$|hx-on", name)]
        assert not inline, f"{element.tag} has {inline}"
        for name in ("src", "href", "action"):
            address = element.get(name) or ""
            assert re.match(r"(/(?!/)|#|tel:|$)", address), f"{element.tag} leads elsewhere: {address}"


def _check_forms(tree: Any) -> None:
    for form in tree.iter("form"):
        assert form.get("method") == "post", "this site's forms are posted"
        names = [field.get("name") for field in form.iter("input")]
        assert "csrf_token" in names, f"anybody could forge {form.get('action')}"
