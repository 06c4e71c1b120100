"""Ways to reach a witness: its public API; a newspaper's or an archive's would be a neighbour."""
