"""申报: published forms, drafts, checking, prefilling (plan: 政务服务能力平台, 一网通办)."""
