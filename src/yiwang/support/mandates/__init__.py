"""授权委托: who may act for whom, for what, until when. Serves 公共应用支撑 (统一身份认证)."""
