"""时限: working days, due dates and their reasons, pauses, green/yellow/red (plan: 电子监察，限时办结)."""
