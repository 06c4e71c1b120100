"""后台任务 jobs: work handed over in the caller's transaction and done once somebody is free.

Serves the whole plan. Behind this port stands procrastinate: jobs are rows in the same database, so
a job exists exactly when the change that asked for it was committed.
"""
