from django.apps import AppConfig


class Intake(AppConfig):
    name = "yiwang.capability.intake"
    label = "intake"
    verbose_name = "申报"
