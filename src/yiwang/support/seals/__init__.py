"""电子印章 Seals: a port to whatever machine puts the body's seal on a document.

Plan part: 一个公共应用支撑 → 电子印章. The lawful seal comes from the national unified seal system
(国务院令第716号, 9); until its driver exists every document says that it carries none. A consumer node has its
documents sealed by its host, which keeps the list of who may use whose seal.
"""
