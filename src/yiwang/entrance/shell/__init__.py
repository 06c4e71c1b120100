"""The shell: layout, components, large print, languages (界面外壳). Plan part: 1个入口."""
