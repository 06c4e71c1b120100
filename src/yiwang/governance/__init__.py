"""一网统管: watching over what the government does and what happens in the city."""
