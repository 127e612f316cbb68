"""Brings a fresh clone to where it can run or be tested: `python3 -m setup run`, or `test`.

Only the standard library is used here, because nothing is installed yet. What is done once is not done again as long as
what went into it is the same, so the second time takes no time. What runs afterwards is in `webapp/__main__.py`.
"""
