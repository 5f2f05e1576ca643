"""Memory: budgets, residency, block streaming and what happens when memory runs out.

The application joins this room to the models: it describes each network with a `ModelOnDisk` and
asks `residency.Residency` for it. Nothing here knows a model family, and importing this package
imports no torch; `budgets`, `ledger` and `planning` stay free of it altogether.
"""
