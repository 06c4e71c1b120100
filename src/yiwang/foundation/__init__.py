"""一个大数据基座: the data foundation."""
