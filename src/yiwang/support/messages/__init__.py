"""消息: in-app messages, short messages and e-mails, by templates; “公共应用支撑”."""
