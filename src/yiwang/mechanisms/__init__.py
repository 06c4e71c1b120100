"""机理: the few strong mechanisms every storey stands on."""
