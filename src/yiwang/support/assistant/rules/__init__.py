"""Words as they are looked up (``grams``), what a person meant (``meaning``), which fits best (``ranking``)."""
