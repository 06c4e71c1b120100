"""公开账本: hash trees over what the journal sealed and the exchange receipted, checkpoints others
countersign, and proofs anybody can verify. Serves the plan's 全程留痕, 可信存证 and 社会监督 rows.
"""
