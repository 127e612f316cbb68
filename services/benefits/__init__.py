"""What a senior may get: the city's rules, and the answers that they give for what is known of her.

`assess(facts)` answers for every benefit, `assess_one(facts, benefit)` for one; `facts_of(person, as_of=...)` makes
facts of a person. Nothing here reads a database or words a sentence.
"""

from services.benefits.amounts import NoSuchFigure, Tier, figure_on, rule_on, tiers_known_on, tiers_on
from services.benefits.answers import Answer, assess, assess_one
from services.benefits.facts import Facts, FactsWrong
from services.benefits.meals import MealCap, meal_subsidy_cap
from services.benefits.names import Benefit, Per, Status
from services.benefits.parameter_files import ParameterFileWrong
from services.benefits.people_facts import facts_of

__all__ = [
    "Answer",
    "Benefit",
    "Facts",
    "FactsWrong",
    "MealCap",
    "NoSuchFigure",
    "ParameterFileWrong",
    "Per",
    "Status",
    "Tier",
    "assess",
    "assess_one",
    "facts_of",
    "figure_on",
    "meal_subsidy_cap",
    "rule_on",
    "tiers_known_on",
    "tiers_on",
]
