"""导出 Exports: the one writer through which rows leave as a spreadsheet, the one reader by which they come.

Serves the whole plan. A cell can never begin a formula in the reader's program; rows are limited;
every sheet carries its trace line. The caller checks rights and writes the journal entry.
"""
