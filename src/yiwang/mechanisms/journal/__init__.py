"""日志: the one log of acts and facts, sealed into a hash chain; and who hears of them.

Timelines, the audit view, statistics, the outbox and the ledger all read it. Serves the plan's
全程留痕 and 安全审计 rows.
"""
