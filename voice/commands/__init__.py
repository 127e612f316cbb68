"""The commands of `python -m voice`, one module each; `voice.__main__` has the table of them."""
