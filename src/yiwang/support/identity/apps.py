from django.apps import AppConfig


class Identity(AppConfig):
    name = "yiwang.support.identity"
    label = "identity"
    verbose_name = "统一身份认证"
