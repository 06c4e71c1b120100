"""电子档案: finished cases as sealed packages, tested, kept for their time, handed over, destroyed by two.

Plan part: 一个政务服务能力平台 → 电子归档. 国务院关于在线政务服务的若干规定 12; 档案法 37, 39; 档案法实施条例
19, 24, 39, 40. One zip a case, that anybody can check with ``yiwang archives check`` alone.
"""
