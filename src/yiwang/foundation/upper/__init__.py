"""上级平台: this installation inside an existing cascade (政务数据共享条例 31): the catalogue and requests go
up, requests and decisions come down, calls go through it."""
