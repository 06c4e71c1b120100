"""状态: declared transition tables and the one function that moves a row along them (plan: 流程规范)."""
