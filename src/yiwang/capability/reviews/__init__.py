"""好差评 Reviews: five levels after every handling, and the loop a bad one opens.

Plan part: 一网通办 → 好差评. 国办发〔2019〕51号; GB/T 39734-2020 (一次一评、一事一评), GB/T 39735-2020.
Voluntary; staff learn what was said, not by whom.
"""
