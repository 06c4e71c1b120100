"""语句: named SQL the server binds, parses and plans once a connection, for acts many do at once."""
