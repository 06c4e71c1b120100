"""裁量: decision tables, and records of every decision that can be replayed (plan: 智能审批，秒批)."""
