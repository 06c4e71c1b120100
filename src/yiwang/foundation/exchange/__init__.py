"""数据共享交换: the port through which facts held by others are asked for (plan: 大数据基座)."""
