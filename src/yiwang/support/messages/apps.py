from django.apps import AppConfig


class Messages(AppConfig):
    name = "yiwang.support.messages"
    label = "messages"
    verbose_name = "消息"
