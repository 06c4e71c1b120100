"""基础库: persons 人口 and organizations 法人, the first two basic libraries; “大数据基座”."""
