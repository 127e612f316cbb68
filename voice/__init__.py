"""The voice assistant: hears, understands, converses, speaks.

It is one of the two front rooms of the house. What a senior asks for is done by `services`; the words she hears come
from the catalogues. Engines and audio live in `models`, `audio`, `recognizers` and `speakers`.
"""
