"""事项目录: service items from basic entry to implementation list to handling item (四级四同).

Plan part: 一个政务服务能力平台, 事项管理. Versions are frozen and dated; imported rows are declared
honestly as not connected.
"""
