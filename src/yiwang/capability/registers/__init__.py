"""台账 Registers of refusals, corrections and extensions: what really happened, case by case.

Serves 一网通办. A listener writes an entry when the fact is announced, so an entry stays what it was
when the case is taken up anew. Reasons are those of the letter the person got.
"""
