"""一个政务服务能力平台 · 一网通办: from a question to a result."""
