from django.apps import AppConfig


class Mandates(AppConfig):
    name = "yiwang.support.mandates"
    label = "mandates"
    verbose_name = "授权委托"
