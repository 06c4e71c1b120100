"""运行状况 health: is this installation able to keep its promises right now. Serves “一朵云”."""
