"""文件: the one module that opens what people upload: checked, cleaned, encrypted, kept.

Serves the plan's 材料 rows; limits and checks after the project's rules on imports and files.
"""
