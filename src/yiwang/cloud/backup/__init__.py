"""备份与恢复: whole copies of an installation outside it, and a new one made of them (plan: 政务云，容灾备份)."""
