"""数据分类分级 Classes, grades and masking: how careful one must be with a datum, and what of it is shown.

Plan part: 一个大数据基座. Requirements S01, S03; GB/T 43697-2024 as told in the shared standards page.
"""
