"""New keys for what is sealed, while the site runs (docs/decisions/081)."""

from services.keys.rotating import KeyUse, Rotated, key_use, rotate_keys, sealed_columns

__all__ = ["KeyUse", "Rotated", "key_use", "rotate_keys", "sealed_columns"]
