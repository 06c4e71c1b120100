"""数据源: a table, CSV, SQLite, PostgreSQL or Parquet source published as a query service without code.

Serves the plan's 数据共享交换 (R01, R03): a department keeps its own data and answers questions about
it. Questions are asked in a process of their own (``runner``) that imports no Django.
"""
