"""办件: one application being handled, from receipt to close (plan: 政务服务能力平台，统一受理)."""
