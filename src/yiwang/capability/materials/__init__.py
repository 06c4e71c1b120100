"""材料中心: which materials an application needs, and where each one came from (plan: 一网通办)."""
