"""One source, opened once, asked many times, in a limited process: no application, no settings, no keys.

Started as ``python -P -s -m yiwang.foundation.datasources.runner.child``; reads frames (4 bytes of length, JSON) from its
input and answers with frames. The first says what to open: a file as an open descriptor, or a
database's address. After that no network is left (a database keeps the one connection it has), no file
can be opened for writing, and memory is limited. A question that outlives its time ends the process.
"""
