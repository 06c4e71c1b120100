"""Ways to keep keys: encrypted files here; a key machine (PKCS#11) would be a neighbour."""
