"""大厅 Service halls: windows, shifts, the queue, who is being served, questions answered.

Plan part: 一个政务服务能力平台（政务服务大厅、综合受理）. This module knows who stands at which window and what
was done there; what an application is and may become, the journey knows (``journey.counter``).
"""
