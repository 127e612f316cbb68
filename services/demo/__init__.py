"""The demonstration: fictional people, canteens, menus, providers and visits, and a phone that shows what was sent.

Nothing here can name a real person: phones begin with 154 and ID numbers with area 440399, neither of which was ever
given out, and names of places end in (示例).
"""

from services.demo.allowances import prepare_allowances
from services.demo.canteen_life import prepare_canteen_life, prepare_neighbours
from services.demo.family import prepare_families
from services.demo.phone import DemoPhone, DemoPhoneGateway, list_demo_phones, write_on_demo_phone
from services.demo.seeding import prepare_demonstration
from services.demo.staff import DemoAccount, list_demo_staff
from services.demo.visits import prepare_visits
from services.demo.worker_list import prepare_worker_list

__all__ = [
    "DemoAccount",
    "DemoPhone",
    "DemoPhoneGateway",
    "list_demo_phones",
    "list_demo_staff",
    "prepare_allowances",
    "prepare_canteen_life",
    "prepare_demonstration",
    "prepare_families",
    "prepare_neighbours",
    "prepare_visits",
    "prepare_worker_list",
    "write_on_demo_phone",
]
