"""The rights sweep: every route × every kind of visitor × every kind of object, really called."""
