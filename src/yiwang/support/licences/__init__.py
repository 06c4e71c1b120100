"""电子证照 E-licences: what is issued, its identifier and states, and the answer to “is it real?”.

Plan part: 一个公共应用支撑 → 电子证照. Identifiers follow GB/T 36904-2018. The face and the data of a
licence type belong to the ministry that defines it; a pack's ``licence.yaml`` brings them in.
"""
