"""现场核查 Visits: two officers look on the spot, by a checklist, with photographs, and both sign.

Plan part: 一网通办 → 现场核查. 行政许可法 34 III: two or more; it runs inside the clock (it is not on the list
of 45), so there is no pause, only a limit of its own.
"""
