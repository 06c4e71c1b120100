"""Daily counters made from facts (运行指标). Plan part: 1个运营指挥中心."""
