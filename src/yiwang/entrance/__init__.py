"""一个入口: pages and APIs, one folder per kind of visitor. Plan part: 1入口."""
