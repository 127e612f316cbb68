"""What is owed, what was booked, what was paid: the ledger of the month.

`terms` reads by which terms everybody is owed, `booking` books new months and `adjusting` corrections, `lines` writes a
list, `runs` takes its steps; `adjustments`, `returns`, `bank_file`, `tier_changes` and `reading` are what people ask of
it. The rules themselves are in `services.allowances.payable`.
"""
