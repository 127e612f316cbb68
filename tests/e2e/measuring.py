"""The acceptance table of elder mode, measured in the page itself."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from services.settings import PROJECT

AXE = PROJECT / "static" / "vendor" / "axe.min.js"
# Only these can fail in one colour scheme and pass in another.
COLOUR_RULES = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DEFAULT, LARGEST = "24", "36"
THEMES = ("light", "dark", "yellow")
SMALLEST_TEXT, SMALLEST_TARGET, MAIN_TARGET, SMALLEST_GAP = 18, 60, 84, 8
LINE_SPACING, LONGEST_LINE = 1.5, 40
UPRIGHT, LYING = {"width": 800, "height": 1280}, {"width": 1280, "height": 800}
NARROW, ZOOMED = {"width": 320, "height": 640}, {"width": 640, "height": 400}

# As the site itself writes it for somebody who has chosen so.
SHOW = """([what, value]) => {
  const root = document.documentElement;
  root.className = root.className.replace(new RegExp(`${what}-[a-z0-9]+`), `${what}-${value}`);
  if (!root.matches(`.${what}-${value}`)) throw new Error(`the page has no ${what}`);
  if (what === "theme") document.querySelector("meta[name=color-scheme]").content = value === "light" ? value : "dark";
}"""
MEASURE = """() => {
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && element.getClientRects().length > 0 && !element.closest(".for-ears, .skip");
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (!words || !seen(holder)) continue;
    const style = getComputedStyle(holder);
    const size = parseFloat(style.fontSize);
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const widest = Math.max(...[...range.getClientRects()].map((line) => line.width));
    texts.push({ words: words.slice(0, 20), size, spacing: parseFloat(style.lineHeight) / size,
                 glyphs: widest / size, align: style.textAlign, many: range.getClientRects().length > 1 });
  }
  const targets = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")]
    .filter(seen).map((element) => {
      const box = element.getBoundingClientRect();
      return { words: (element.innerText || element.name || "").slice(0, 20), left: box.left, top: box.top + scrollY,
               right: box.right, bottom: box.bottom + scrollY,
               main: element.matches(".button, .tile, .choice, .input") };
    });
  return { texts, targets, page: document.documentElement.scrollWidth, window: innerWidth };
}"""


def faults_at(page: Page, address: str) -> list[str]:
    """What is wrong with the page at an address: at the default and the largest type, whichever way the tablet is held,
    on a narrow screen, zoomed, and in every theme. One visit serves all: size and theme are classes of its root."""
    page.goto(address)
    found = [*_faults_with_type(page, DEFAULT), *_faults_with_type(page, LARGEST)]
    for held, size in (("upright", UPRIGHT), ("lying", LYING)):
        page.set_viewport_size(size)
        found += [f"{held}: {fault}" for fault in axe_faults_but_for_colours_of(page)]
    return [f"{address} {fault}" for fault in (*found, *colour_faults_in_every_theme(page))]


def _faults_with_type(page: Page, pixels: str) -> list[str]:
    page.evaluate(SHOW, ["type", pixels])
    found = []
    for size in (UPRIGHT, LYING):
        page.set_viewport_size(size)
        found += [f"{pixels} px letters, {size['width']} px wide: {fault}" for fault in faults_of(page)]
    for size in (NARROW, ZOOMED):
        page.set_viewport_size(size)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{pixels} px letters: scrolls sideways at {size['width']} px")
    return found


def colour_faults_in_every_theme(page: Page) -> list[str]:
    """What axe-core finds about the colours of this page, at the default type, which needs more contrast."""
    # Otherwise the colours of what can be pressed are on their way for a tenth of a second.
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(SHOW, ["type", DEFAULT])
    found = []
    for theme in THEMES:
        page.evaluate(SHOW, ["theme", theme])
        found += [f"{theme}: {fault}" for fault in colour_faults_of(page)]
    return found


def faults_of(page: Page) -> list[str]:
    """Every number of the table that this page misses, in words."""
    measured = page.evaluate(MEASURE)
    return [*_text_faults(measured["texts"]), *_target_faults(measured["targets"]), *_width_faults(measured)]


def axe_faults_of(page: Page) -> list[str]:
    """What axe-core finds, its AAA rules on."""
    return _axe_faults(page, {"runOnly": {"type": "tag", "values": AXE_TAGS}})


def axe_faults_but_for_colours_of(page: Page) -> list[str]:
    """The same without colours, which neither the size of the type nor turning the tablet changes."""
    no_colours = {rule: {"enabled": False} for rule in COLOUR_RULES}
    return _axe_faults(page, {"runOnly": {"type": "tag", "values": AXE_TAGS}, "rules": no_colours})


def colour_faults_of(page: Page) -> list[str]:
    """What axe-core finds about colours."""
    return _axe_faults(page, {"runOnly": {"type": "rule", "values": COLOUR_RULES}})


def _axe_faults(page: Page, options: dict[str, object]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("how => axe.run(document, { ...how, resultTypes: ['violations'] })", options)
    return [f"axe {fault['id']}: {[node['target'] for node in fault['nodes']][:3]}" for fault in found["violations"]]


def _text_faults(texts: list[dict[str, Any]]) -> list[str]:
    faults = []
    for text in texts:
        if text["size"] < SMALLEST_TEXT:
            faults.append(f"{text['size']} px letters: {text['words']}")
        if text["many"] and text["spacing"] < LINE_SPACING - 0.001 and text["align"] != "center":
            faults.append(f"line spacing {text['spacing']:.2f}: {text['words']}")
        if text["glyphs"] > LONGEST_LINE + 0.5:
            faults.append(f"a line of {text['glyphs']:.0f} letters: {text['words']}")
        if text["align"] == "justify":
            faults.append(f"justified: {text['words']}")
    return faults


def _target_faults(targets: list[dict[str, Any]]) -> list[str]:
    faults = []
    for place, target in enumerate(targets):
        width, height = target["right"] - target["left"], target["bottom"] - target["top"]
        least = MAIN_TARGET if target["main"] else SMALLEST_TARGET
        if height < least - 0.5 or width < SMALLEST_TARGET - 0.5:
            faults.append(f"{width:.0f} x {height:.0f} px to press: {target['words']}")
        faults += [f"{target['words']} and {other['words']} are too close" for other in targets[place + 1 :]
                   if _gap(target, other) < SMALLEST_GAP - 0.5]  # fmt: skip
    return faults


def _width_faults(measured: dict[str, Any]) -> list[str]:
    wide = measured["page"] > measured["window"]
    return [f"{measured['page']} px wide in a window of {measured['window']}"] if wide else []


def _gap(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Pixels between two boxes, negative where they overlap."""
    across = max(one["left"], other["left"]) - min(one["right"], other["right"])
    down = max(one["top"], other["top"]) - min(one["bottom"], other["bottom"])
    return float(max(across, down))
