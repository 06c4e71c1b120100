"""一张网: who is here; how nodes talk."""
