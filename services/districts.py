"""The city's districts: the name that people and offices use, and the code that rules and statistics use."""

from __future__ import annotations

# GB/T 2260. 大鹏新区 is a functional district whose streets carry the codes of 龙岗; 深汕特别合作区 keeps the code of
# 海丰, whose towns it is made of.
DISTRICT_CODES = {
    "罗湖区": "440303",
    "福田区": "440304",
    "南山区": "440305",
    "宝安区": "440306",
    "龙岗区": "440307",
    "大鹏新区": "440307",
    "盐田区": "440308",
    "龙华区": "440309",
    "坪山区": "440310",
    "光明区": "440311",
    "深汕特别合作区": "441521",
}
