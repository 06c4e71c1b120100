"""待遇发放 Entitlements: benefits granted to a person, month by month, until a reason to stop.

Plan part: 一网通办 → 惠民补贴. The result of an allowance is not a licence but an entitlement: a monthly
list goes to the treasury, the bank's answer comes back. Money is whole fen; lists are only added to.
"""
