"""快速通道: the small server other machines call. No Django in its process; reads four views.

``server`` tells a call's story: who → once → rate → may they → forward → receipt → reply.
"""
