"""One folder or file per gateway; ``settings.SMS_DRIVER`` and ``settings.EMAIL_DRIVER`` name the class."""
