"""数据 Pages of data officers and requesters, and the public part of the catalogue. Plan part: 一个入口."""
