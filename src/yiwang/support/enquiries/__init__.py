"""询问和异议: whoever sees in his log of looks what he does not understand asks, and is answered in time."""
