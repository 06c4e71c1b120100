"""统一身份认证: accounts, sign-in, grants, API tokens; “公共应用支撑”."""
