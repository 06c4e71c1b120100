"""运维台: what the people who run the platform look at and may do. Plan part: 一个入口."""
