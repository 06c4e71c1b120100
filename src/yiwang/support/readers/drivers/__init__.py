"""One file per make of reader; ``settings.READER_DRIVER`` names the class. See ``docs/do/halls.md``."""
