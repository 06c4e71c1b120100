"""N项应用: the shelf that reads, checks, tests and publishes packs. Owns no tables.

Each part of a pack is read by the module it belongs to; here they are put side by side, compared,
tried on their examples and published in one transaction.
"""
