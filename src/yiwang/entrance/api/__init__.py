"""开放接口 API: everything a citizen and an official do on the pages, for programs.

Plan part: 一个入口. One file per resource; the description is at ``/api/v1/openapi.json``.
"""
