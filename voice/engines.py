"""What the engines that hear and those that speak have in common."""


class EngineError(Exception):
    """An engine that was asked for cannot be used. `str()` of it is one line on what is missing and how to get it."""
