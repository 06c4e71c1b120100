"""Routes of the desk."""

from __future__ import annotations

from django.urls import path

from yiwang.entrance.desk import cases, files, worklist

urlpatterns = [
    path("desk/", worklist.show_worklist),
    path("desk/cases/<str:case_key>/", cases.show_case),
    path("desk/cases/<str:case_key>/<slug:act>/", cases.take_act),
    path("desk/cases/<str:case_key>/materials/<str:file_key>/", files.show_material),
]
