"""The cook list and the delivery rounds of a day on paper: a PDF of A4 pages that a kitchen can hang up.

No words are in here: they come from whoever prints, in her language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace
from sqlalchemy.orm import Session

from services.actor import Actor
from services.csv_lines import yuan
from services.meals.counter.cook_list import get_counter_day, get_delivery_rounds
from services.meals.counter.day_views import CookList, CounterDay, DeliveryRound, SpecialMeal
from services.meals.counter.fonts import chinese_font
from services.meals.diets import Allergen, Diet, DietaryMarks
from services.meals.views import Meal

FAMILY = "chinese"
# Points: a list on a kitchen wall is read from a step away.
TITLE, FIGURE, HEADING, TEXT, SMALL = 20, 24, 16, 12, 9
# To be ticked at the door.
BOX = "□"
NO_BREAK = "\N{NO-BREAK SPACE}"
MARGIN_MM, LINE = 14, 1.5


@dataclass(frozen=True)
class PrintedWords:
    """The words of the page, in the language of whoever prints. `day` is the day as it is said; `made` says when it was
    printed; `rounds` is a sentence with {street}, `page` one with {page}; `no_street` stands where no street is known.
    """

    title: str
    day: str
    made: str
    page: str
    meals: Mapping[Meal, str]
    diets: Mapping[Diet, str]
    allergies: Mapping[Allergen, str]
    portions: str
    to_eat_there: str
    to_deliver: str
    dishes: str
    to_mind: str
    nobody_to_mind: str
    not_final: str
    no_meals: str
    rounds: str
    no_street: str
    number: str
    name: str
    quantity: str
    who: str
    marks: str
    address: str
    phone: str
    to_pay: str


def day_as_pdf(
    session: Session, actor: Actor, *, canteen_id: UUID, day: date, words: PrintedWords, now: datetime
) -> bytes:
    """A PDF of A4 pages: for each meal what to cook and what to mind for whom, then each delivery round on a page of
    its own, to take along. Raises NotAllowed, CanteenUnknown, FontMissing."""
    seen = get_counter_day(session, actor, canteen_id=canteen_id, day=day, now=now)
    paper = _Paper(seen, words)
    for meal in seen.meals:
        paper.cook_list(meal)
    if not seen.meals:
        paper.nothing()
    for meal in seen.meals:
        for round_ in get_delivery_rounds(session, actor, menu_id=meal.menu.id, now=now):
            paper.delivery_round(meal, round_)
    return bytes(paper.output())


class _Paper(FPDF):
    """Pages with the canteen and the day on top, and the number of the page below."""

    def __init__(self, seen: CounterDay, words: PrintedWords) -> None:
        super().__init__(format="A4")
        font = chinese_font()
        self._seen, self._words = seen, words
        self.add_font(FAMILY, fname=font.file, collection_font_number=font.face)
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM + SMALL)
        self.set_title(words.title)

    def header(self) -> None:
        """On top of every page, so that a page that lies about alone says what it is."""
        self._say(f"{self._words.title} · {self._words.day}", TITLE)
        self._say(f"{self._seen.canteen.name} · {self._words.made}", SMALL)
        self.ln(2)

    def footer(self) -> None:
        """Below every page."""
        self.set_y(-MARGIN_MM)
        self.set_font(FAMILY, size=SMALL)
        self.cell(0, text=self._words.page.format(page=self.page_no()), align="C")

    def nothing(self) -> None:
        """A day without menus."""
        self.add_page()
        self._say(self._words.no_meals, HEADING)

    def cook_list(self, meal: CookList) -> None:
        """One meal: how much of what, and for whom to mind something."""
        words, menu = self._words, meal.menu
        self.add_page()
        self._say(f"{words.meals[menu.meal]} {menu.served_from:%H:%M}–{menu.served_until:%H:%M}", HEADING)
        if not meal.is_final:
            self._say(words.not_final, TEXT)
        self._say(f"{words.dishes} {' · '.join(menu.dishes)}", TEXT)
        counted = {words.portions: meal.portions, words.to_eat_there: meal.to_eat_there}
        counted |= {words.to_deliver: meal.to_deliver}
        counted |= {words.diets[diet]: count for diet, count in meal.diets.items()}
        counted |= {words.allergies[allergen]: count for allergen, count in meal.allergies.items()}
        self._figures(counted)
        self._say(words.to_mind if meal.special else words.nobody_to_mind, HEADING)
        if meal.special:
            self._table(
                (words.marks, words.quantity, words.who),
                [
                    (self._marks(group.marks), str(group.portions), "   ".join(map(self._whose, group.meals)))
                    for group in meal.minded
                ],
                widths=(5, 2, 13),
            )

    def delivery_round(self, meal: CookList, round_: DeliveryRound) -> None:
        """One street, to take along."""
        words = self._words
        self.add_page()
        self._say(words.rounds.format(street=round_.street or words.no_street), HEADING)
        self._say(f"{words.meals[meal.menu.meal]} · {words.portions} {round_.portions}", TEXT)
        self._table(
            (words.number, words.name, words.quantity, words.address, words.phone, words.to_pay, words.marks, ""),
            [
                (
                    str(stop.pick_up_number),
                    stop.masked_name,
                    str(stop.quantity),
                    stop.address or "",
                    stop.phone or "",
                    yuan(stop.to_pay_fen),
                    self._marks(stop.marks),
                    BOX,
                )
                for stop in round_.stops
            ],
            widths=(3, 3, 2, 8, 5, 3, 4, 1),
        )

    def _marks(self, marks: DietaryMarks) -> str:
        words = self._words
        named = [words.allergies[each] for each in marks.allergies] + [words.diets[diet] for diet in marks.diets]
        return "、".join(named)

    def _whose(self, meal: SpecialMeal) -> str:
        """A meal within a line of those that are made alike."""
        portions = f" ×{meal.quantity}" if meal.quantity > 1 else ""
        way = f" ({self._words.to_deliver})" if meal.delivery else ""
        # A line is broken between two of them only.
        return f"{meal.pick_up_number} {meal.masked_name}{portions}{way}".replace(" ", NO_BREAK)

    def _figures(self, counted: Mapping[str, int]) -> None:
        """How many of what, side by side and to be read from a step away."""
        width = self.epw / len(counted)
        for size, border, cells in ((FIGURE, "LTR", map(str, counted.values())), (SMALL, "LBR", counted)):
            self.set_font(FAMILY, size=size)
            for words in cells:
                self.cell(width, size * LINE / self.k, words, border=border, align="C")
            self.ln()
        self.ln(4)

    def _say(self, text: str, size: int) -> None:
        self.set_font(FAMILY, size=size)
        self.multi_cell(0, size * LINE / self.k, text, new_x="LMARGIN", new_y="NEXT")

    def _table(
        self, headings: tuple[str, ...] | None, rows: Iterable[tuple[str, ...]], *, widths: tuple[int, ...]
    ) -> None:
        self.set_font(FAMILY, size=TEXT)
        with self.table(
            col_widths=widths,
            first_row_as_headings=headings is not None,
            headings_style=FontFace(size_pt=SMALL),
            borders_layout=TableBordersLayout.ALL,
            line_height=TEXT * LINE / self.k,
            padding=1,
        ) as table:
            for row in ([headings] if headings else []) + list(rows):
                table.row(row)
        self.ln(4)
