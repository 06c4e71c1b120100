"""智能搜索: finding the right service from everyday words, slips of the pen and pinyin.

Plan part: 一个公共应用支撑. PostgreSQL without extensions; the index is written in the same
transaction as the thing it finds.
"""
