"""一个公共应用支撑: common support."""
