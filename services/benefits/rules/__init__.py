"""The rules themselves: one module for what is asked of a person, one for each benefit.

A formula is named after the day from which it holds and is never edited after that day: a change of the law is another
formula, or another dated value in the parameter file. All of them are static methods; see `services.benefits.engine`.
"""
