"""国密: encryption, keyed look-ups, digests and signatures (SM2, SM3, SM4), with key ids.

The only module that touches cryptography. Serves the plan's 密码应用 rows: personal data of level 3
and above is encrypted at rest, every cipher text and signature names its key.
"""
