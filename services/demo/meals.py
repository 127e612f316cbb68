"""Two canteens for each district of the demonstration, and what they serve."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from services.clock import local_moment
from services.meals.centres import centre_of
from services.meals.diets import Allergen, Diet
from services.meals.tables import SLOT_KIND

YUAN = 100
DELIVERY_FEE_FEN = 2 * YUAN

# district, street and community of the canteen with a kitchen, then of the place that is served from elsewhere
PLACES = (
    ("罗湖区", "翠竹", "翠竹", "莲塘", "鹏兴"),
    ("福田区", "莲花", "福中", "园岭", "园东"),
    ("南山区", "粤海", "麻岭", "招商", "海月"),
    ("盐田区", "海山", "鹏湾", "沙头角", "桥东"),
    ("宝安区", "西乡", "龙珠", "新安", "海裕"),
    ("龙岗区", "南湾", "南岭村", "坂田", "南坑"),
    ("龙华区", "民治", "民乐", "龙华", "景龙"),
    ("坪山区", "坑梓", "秀新", "坑梓", "金沙"),
    ("光明区", "新湖", "圳美", "光明", "白花"),
    ("大鹏新区", "葵涌", "土洋", "葵涌", "葵丰"),
)
# The second place of most districts is a meal point; in these the city's other models are shown.
OTHER_MODELS = {"海裕": "smart_meal_locker", "景龙": "restaurant"}
NAMES = {
    "senior_canteen": "社区长者饭堂",
    "meal_point": "社区长者助餐点",
    "smart_meal_locker": "社区智能餐柜",
    "restaurant": "社会餐饮助餐点",
}
MAINS = (
    ("冬菇蒸鸡", "清蒸鲈鱼", "番茄炒蛋"),
    ("萝卜焖牛腩", "肉末豆腐", "蒜蓉菜心"),
    ("梅菜蒸肉饼", "虾仁蒸水蛋", "清炒生菜"),
    ("土豆烧鸡", "丝瓜炒蛋", "白灼芥蓝"),
    ("豉汁蒸排骨", "西芹百合", "上汤娃娃菜"),
    ("南瓜焖肉", "清蒸豆腐鱼", "炒白菜"),
    ("白切鸡", "香菇油菜", "胡萝卜炒肉丝"),
)
SOUPS = ("老火莲藕汤", "冬瓜薏米汤", "番茄蛋花汤", "紫菜豆腐汤", "花生猪骨汤", "青菜瘦肉汤", "山药鸡汤")
BREAKFASTS = (("小米粥", "馒头", "鸡蛋"), ("豆浆", "菜包", "鸡蛋"), ("瘦肉粥", "花卷", "青菜"))
# By what in a dish's name one knows that it is in it.
CONTAINED = {Allergen.PEANUT: ("花生",), Allergen.SEAFOOD: ("鱼", "鲈", "虾", "紫菜"), Allergen.EGG: ("蛋",)}
# meal: price in fen at the canteen and at the meal point, when it is served, when orders end at the canteen
BREAKFAST, LUNCH, DINNER = "breakfast", "lunch", "dinner"
PRICES = {BREAKFAST: (5 * YUAN, 5 * YUAN), LUNCH: (15 * YUAN, 12 * YUAN), DINNER: (12 * YUAN, 12 * YUAN)}
SERVED = {
    BREAKFAST: (time(7, 0), time(8, 30)),
    LUNCH: (time(11, 0), time(12, 30)),
    DINNER: (time(17, 0), time(18, 30)),
}
# days before, and time of day
CANTEEN_ORDERS_END = {BREAKFAST: (1, time(20, 0)), LUNCH: (0, time(9, 30)), DINNER: (0, time(15, 0))}
POINT_ORDERS_END = (1, time(16, 0))
CANTEEN_HOURS, POINT_HOURS = (time(6, 30), time(19, 0)), (time(10, 30), time(19, 0))
CANTEEN_PORTIONS = {BREAKFAST: 20, LUNCH: 120, DINNER: 60}
POINT_PORTIONS = 40


def demo_canteens() -> list[dict[str, Any]]:
    """The canteens, as values of their rows."""
    canteens = []
    for number, (district, street, community, point_street, point_community) in enumerate(PLACES):
        for kind, of_street, of_community in (
            ("senior_canteen", street, community),
            (OTHER_MODELS.get(point_community, "meal_point"), point_street, point_community),
        ):
            is_canteen = kind == "senior_canteen"
            hours = CANTEEN_HOURS if is_canteen else POINT_HOURS
            centre = centre_of(district, of_community)
            canteens.append(
                {
                    "name": f"{of_community}{NAMES[kind]}(示例)",
                    "kind": kind,
                    "district": district,
                    "street": of_street,
                    "community": of_community,
                    "address": f"{district}{of_street}街道{of_community}社区服务中心一楼(示例)",
                    "phone": f"0755-0000{number * 2 + (not is_canteen):04}",
                    "delivers": is_canteen,
                    "delivery_fee_fen": DELIVERY_FEE_FEN if is_canteen else 0,
                    "opens_at": hours[0],
                    "closes_at": hours[1],
                    "open_on": list(range(1, 8)),
                    "longitude": centre.longitude if centre else None,
                    "latitude": centre.latitude if centre else None,
                    "is_demonstration": True,
                }
            )
    return canteens


def demo_meals(kind: str) -> tuple[str, ...]:
    """The meals that a canteen of this kind serves."""
    return (BREAKFAST, LUNCH, DINNER) if kind == "senior_canteen" else (LUNCH, DINNER)


def demo_slot(canteen_id: UUID, kind: str, day: date, meal: str) -> dict[str, Any]:
    """How many portions of a meal there are and when, as values of the row of its slot."""
    served_from, served_until = SERVED[meal]
    return {
        "kind": SLOT_KIND,
        "place_id": canteen_id,
        "starts_at": local_moment(day, served_from),
        "ends_at": local_moment(day, served_until),
        "places": CANTEEN_PORTIONS[meal] if kind == "senior_canteen" else POINT_PORTIONS,
    }


def demo_menu(canteen_id: UUID, kind: str, day: date, meal: str) -> dict[str, Any]:
    """What a canteen serves for a meal, as values of the row of its menu."""
    is_canteen = kind == "senior_canteen"
    dishes = _dishes(meal, day, is_canteen)
    return {
        "canteen_id": canteen_id,
        "day": day,
        "meal": meal,
        "dishes": dishes,
        "diets": [Diet.SOFT_FOOD, Diet.LOW_SALT] if is_canteen else [Diet.LOW_SALT],
        "allergens": [
            allergen for allergen, of in CONTAINED.items() if any(part in dish for dish in dishes for part in of)
        ],
        "price_fen": PRICES[meal][0 if is_canteen else 1],
        "order_until_at": _orders_end(meal, day, is_canteen),
    }


def _dishes(meal: str, day: date, is_canteen: bool) -> list[str]:
    turn = day.toordinal() + (0 if is_canteen else 3) + (meal == DINNER)
    if meal == BREAKFAST:
        return list(BREAKFASTS[turn % len(BREAKFASTS)])
    return [*MAINS[turn % len(MAINS)], SOUPS[turn % len(SOUPS)], "米饭"]


def _orders_end(meal: str, day: date, is_canteen: bool) -> object:
    days_before, at = CANTEEN_ORDERS_END[meal] if is_canteen else POINT_ORDERS_END
    return local_moment(day - timedelta(days=days_before), at)
