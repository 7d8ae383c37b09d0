"""The interview room as a web page: a server of JSON for one person, and the page it serves.

The server has no logic of its own: it calls what the terminal calls. `safety` says who is let in.
"""
