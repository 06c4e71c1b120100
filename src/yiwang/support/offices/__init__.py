"""部门通知: the data officers and heads of a body hear what happens to its requests for data, its
catalogue entries, its corrections and what people ask it (requirements S01-S12)."""
