from yiwang.capability.intake.tests.conftest import (  # noqa: F401
    _fresh_forms,
    noon,
    other,
    person,
)
