"""标准: code tables of national standards; the plan part “大数据基座”."""
