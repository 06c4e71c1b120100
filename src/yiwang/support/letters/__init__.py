"""文书 Letters: receipts, notices and decisions, as a page at once and as a PDF from a job.

Plan part: 一个公共应用支撑. A letter is fixed wording plus values; the values are frozen with the
version of the wording, so what a person was sent can be shown again exactly.
"""
