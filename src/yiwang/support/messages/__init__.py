"""消息: in-app messages and short messages, by templates; “公共应用支撑”."""
