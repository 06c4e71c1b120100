"""The WSGI callable granian serves."""

from __future__ import annotations

import importlib
import os

from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import get_resolver

from yiwang.project import bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
application = bodies.around(get_wsgi_application())

# The first visitor does not wait for what every process needs: routes, the page frame, words and sounds.
get_resolver().url_patterns  # noqa: B018
get_template("shell/base.html")
importlib.import_module("rjieba")
importlib.import_module("pypinyin")
