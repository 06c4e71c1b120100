"""一个运营指挥中心: what leaders and the public see of the whole. Plan part: 1中心."""
