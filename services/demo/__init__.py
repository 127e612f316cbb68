"""The demonstration: fictional people, canteens and menus, and a phone that shows what was sent to them.

Nothing here can name a real person: phones begin with 154 and ID numbers with area 440399, neither of which was ever
given out, and names of places end in (示例).
"""

from services.demo.phone import DemoPhone, DemoPhoneGateway, list_demo_phones
from services.demo.seeding import prepare_demonstration

__all__ = ["DemoPhone", "DemoPhoneGateway", "list_demo_phones", "prepare_demonstration"]
