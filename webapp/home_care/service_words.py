"""The services of the catalogue as people say them: their names, what is done, what to get ready, what to mind.

The catalogue knows codes only. A code that a city adds to it needs its words here; a test compares both.
"""

from __future__ import annotations

from flask_babel import gettext as _

from services.home_care import ServiceKind

# The drawing beside a kind of service, of static/icons.txt.
KIND_ICONS = {
    ServiceKind.CLEANING: "brush-cleaning",
    ServiceKind.BATHING: "bath",
    ServiceKind.HAIRCUT: "scissors",
    ServiceKind.REHAB: "person-standing",
    ServiceKind.MEDICAL_ESCORT: "stethoscope",
    ServiceKind.COMPANIONSHIP: "messages-square",
    ServiceKind.COOKING: "cooking-pot",
    ServiceKind.REPAIR: "wrench",
    ServiceKind.NURSING: "bandage",
}


def service_words(code: str) -> str:
    """The name of a service."""
    return {
        "CLEAN": _("Cleaning the home"),
        "DEEPCLEAN": _("Thorough cleaning of kitchen and bathroom"),
        "BATH": _("Help with bathing"),
        "HAIR": _("Haircut at home"),
        "NAIL": _("Foot care"),
        "REHAB": _("Rehabilitation exercises"),
        "HOSP": _("Going to the hospital with you"),
        "MED": _("Fetching medicine or shopping"),
        "TALK": _("Company and talk"),
        "ESCORT": _("Going out with you"),
        "DIGITAL": _("Help with the mobile phone"),
        "COOK": _("Cooking at your home"),
        "REPAIR": _("Small repairs at home"),
        "NURSE": _("Nursing at home"),
        "CARE": _("A care worker by the hour"),
    }[code]


def included_words(code: str) -> str:
    """One thing that is done at a visit."""
    return {
        "dusting": _("Dust is wiped away"),
        "floors": _("Floors are swept and mopped"),
        "kitchen_and_bathroom_wiped": _("Kitchen and bathroom are wiped"),
        "rubbish_taken_down": _("Rubbish is taken down"),
        "kitchen_degreased": _("Grease in the kitchen is removed"),
        "bathroom_descaled": _("Lime in the bathroom is removed"),
        "extractor_hood_outside": _("The outside of the extractor hood is cleaned"),
        "blood_pressure_first": _("Your blood pressure is taken first"),
        "bath_and_hair_washed": _("Bath, and hair washed"),
        "skin_looked_at": _("Your skin is looked at for sore places"),
        "bathroom_dried": _("The bathroom is dried afterwards"),
        "cut": _("Haircut"),
        "shave_if_wanted": _("A shave, if you like"),
        "hair_swept_up": _("The hair is swept up"),
        "feet_bathed": _("Your feet are bathed"),
        "nails_cut": _("Nails are cut"),
        "hard_skin": _("Hard skin is taken off"),
        "plan_looked_at": _("The doctor's plan is looked at"),
        "exercises_together": _("Exercises are done together with you"),
        "exercises_for_the_week": _("You get exercises for the week"),
        "taken_and_brought_back": _("You are fetched and brought home again"),
        "registration_and_queueing": _("Registering and queueing is done for you"),
        "doctors_words_written_down": _("What the doctor says is written down for you"),
        "medicine_fetched": _("Your medicine is fetched"),
        "medicine_or_shopping_fetched": _("Medicine or shopping is brought to your home"),
        "receipt_brought": _("You get the receipt"),
        "talk": _("Talking with you"),
        "reading_aloud": _("Reading the paper aloud"),
        "games": _("Chess or cards with you"),
        "walk_or_errand_together": _("A walk or an errand together"),
        "brought_home": _("You are brought home safely"),
        "phone_explained": _("The phone is explained, as slowly as you like"),
        "practised_together": _("It is practised together"),
        "steps_written_down": _("The steps are written down for you"),
        "meal_for_the_household": _("A meal for your household"),
        "kitchen_cleaned_after": _("The kitchen is cleaned afterwards"),
        "looked_at": _("The fault is looked for"),
        "small_repair": _("Small repairs of water, electricity and lamps"),
        "tried_out_together": _("It is tried out together with you"),
        "dressing_changed": _("Dressings are changed"),
        "catheter_or_feeding_tube": _("Catheter or feeding tube is looked after"),
        "values_written_down": _("Blood pressure and the like is written down"),
        "washing_and_dressing": _("Help with washing and dressing"),
        "turning_and_sitting_up": _("Help with turning and sitting up"),
        "feeding": _("Help with eating"),
    }[code]


def prepare_words(code: str) -> str:
    """One thing to get ready before a visit."""
    return {
        "valuables_put_away": _("Please put money and valuables away"),
        "worktops_cleared": _("Please clear the worktops"),
        "clean_clothes_and_towel": _("Clean clothes and a towel"),
        "room_warm": _("A warm room"),
        "hair_washed": _("Please wash your hair before"),
        "basin_and_towel": _("A basin and a towel"),
        "doctors_papers": _("The doctor's papers"),
        "loose_clothes": _("Please wear loose clothes"),
        "medical_card": _("Social insurance card and ID card"),
        "list_of_medicines": _("The medicines that you take"),
        "consent_to_hear_the_doctor": _("Tell us whether we may hear what the doctor says"),
        "prescription": _("The prescription or the list"),
        "shoes_and_stick": _("Good shoes, and your stick if you have one"),
        "phone_charged": _("A charged phone"),
        "food_in_the_house": _("The food that is to be cooked"),
        "tell_what_you_may_not_eat": _("Please say what you may not eat"),
        "place_cleared": _("Please clear the place of the repair"),
        "doctors_order": _("The doctor's order"),
        "dressings": _("Dressings or tubes from the hospital"),
    }[code]


def caution_words(code: str) -> str:
    """One thing to mind."""
    return {
        "no_windows_outside": _("Windows are not cleaned outside: that is not safe."),
        "air_after_cleaning": _("Air the rooms well afterwards."),
        "not_within_an_hour_of_a_meal": _("Do not bathe within an hour after a meal."),
        "not_with_fever_or_high_blood_pressure": _("With fever or high blood pressure there is no bath that day."),
        "tell_of_diabetes": _("Tell the care worker first if you have diabetes."),
        "stop_when_it_hurts": _("Stop at once when it hurts."),
        "fare_and_fees_are_extra": _("Fares and hospital fees are not in the price."),
        "never_give_a_pin": _("Never tell anybody a bank card's password."),
        "goods_are_extra": _("What is bought is not in the price."),
        "food_is_extra": _("The food is not in the price."),
        "parts_are_extra": _("Spare parts are not in the price."),
        "no_gas": _("Nothing is done to gas: call the gas company."),
        "no_visit_without_doctors_order": _("Without a doctor's order the nurse may not do it."),
        "no_medical_care": _("The care worker gives no injections and changes no dressings."),
    }[code]
