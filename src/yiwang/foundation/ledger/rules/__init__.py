"""Pure: hash trees as RFC 6962 draws them, and tiles that keep their nodes."""
