"""One file per real-person check; ``settings.FACE_DRIVER`` names the class."""
