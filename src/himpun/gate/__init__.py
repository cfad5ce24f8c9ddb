"""The gate: what stands between the network and the pages.

A request is received whole here, within limits of size and time that depend on its address and on who sends it, before
a thread of the application is taken; and its answer is carried to a slow reader after the thread has been given back.
"""
