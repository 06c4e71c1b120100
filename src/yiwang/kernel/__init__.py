"""骨架: actor, references, moments, refusals, identifiers, masks. No domain, no tables."""
