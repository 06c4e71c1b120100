"""One folder or file per gateway; ``settings.SMS_DRIVER`` names the class."""
