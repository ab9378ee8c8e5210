"""The terminal: the Textual app, and the `millhand` command line, its headless twin.

Start with `cli/main.py` for the verbs and `app.py` for the screen. The only room that formats
for people on a screen; nothing below it imports Textual. What may enter: a verb, a screen, a key.
"""
