"""办公: pages of the official who decides — the worklist and the case on one screen (plan: 办理中心)."""
