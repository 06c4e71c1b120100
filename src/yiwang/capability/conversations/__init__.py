"""留言 Conversations: the official and the applicant write to each other about a case; both see whose turn it is.

Plan part: 一网通办 → 办事人和承办人的沟通. A question to the applicant stops nothing and delays nothing: what is
missing is told once, by a correction notice, with its own clock. Only the office's promise to answer has
one here.
"""
