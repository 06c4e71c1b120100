"""并联审批 Branches: other bodies that must approve, are consulted, or give an expert opinion.

Plan part: 一网通办 → 并联审批、征求意见、专家评审. Each is a timed object with its own department, its own
clock and its own opinion; the lead collects them and overrules nobody (行政许可法 26 II, 45).
"""
