"""Pages for persons and firms (个人和法人的页面). Plan part: 1个入口, 一网通办."""
