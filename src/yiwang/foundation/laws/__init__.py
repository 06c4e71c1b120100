"""法律法规库: laws with their versions and articles, and an article as it holds on a day.

Plan part: 一个大数据基座. Packs cite it, pages show the text; nothing is quoted from memory.
"""
