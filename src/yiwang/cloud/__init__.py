"""一朵云: what runs us — storage, backup, health."""
