"""我的待遇: what a senior may get, has and was paid, and the offers that wait for her answer."""
