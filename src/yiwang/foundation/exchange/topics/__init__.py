"""消息主题: what a department tells as it happens, who subscribes, what waits to be handed over."""
