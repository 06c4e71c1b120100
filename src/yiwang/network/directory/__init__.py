"""名录: divisions 行政区划, departments 部门 and posts 岗位; the plan part “一张网”."""
