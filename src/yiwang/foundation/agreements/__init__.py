"""供需对接: requests for another department's data, their answers, grants, disputes (plan: 供需对接机制)."""
