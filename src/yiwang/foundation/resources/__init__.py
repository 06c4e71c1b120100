"""数据资源目录 Catalogue of data resources: which body has which data, who may use them, who must supply them.

Plan part: 一个大数据基座. Requirements Q01-Q03, I03; 政务数据共享条例 (State Council, 2025), metadata of
the catalogue guide of 2017. Three lists are computed from what published items ask for.
"""
