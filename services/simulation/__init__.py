"""A city lived through day by day, on a database of its own: people are born into it, apply, move, die, forget to be
certified, and everything that happens goes through the real use cases. At the end the payments are compared with what
a plain recount of the same facts says, to the fen."""
