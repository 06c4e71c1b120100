"""信用支撑 Credit: a register of facts with a legal consequence, open to whom they are about.

Plan part: 公共应用支撑 → 信用支撑. Today one kind of fact: a commitment that was not kept. It scores nobody
(standards 8: measures only with a legal basis); a serious one closes the road of commitments until it is
repaired, and nothing else.
"""
