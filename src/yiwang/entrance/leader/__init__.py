"""领导: the first screen, and the lists behind its figures. Plan part: 1个入口."""
