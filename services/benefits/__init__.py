"""What a senior may get: the city's rules, and the answers that they give for what is known of her.

`assess(facts)` answers for every benefit; `facts_of(person, as_of=...)` makes facts of a person. Nothing here reads a
database or words a sentence.
"""

from services.benefits.answers import Answer, assess
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
    "ParameterFileWrong",
    "Per",
    "Status",
    "assess",
    "facts_of",
    "meal_subsidy_cap",
]
