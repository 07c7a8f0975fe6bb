"""What notes, in every Python process of a build, the processes that are started and the use of the canary file."""

WATCH = """
import json, os, sys

NOTES, CANARY = {notes!r}, {canary!r}

def note(event, *words):
    line = json.dumps([event, *words]) + "\\n"
    descriptor = os.open(NOTES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, line.encode())
    os.close(descriptor)

def watch(event, arguments):
    if event == "open":
        if str(arguments[0]).startswith(CANARY):
            note("open", str(arguments[0]))
    elif event == "subprocess.Popen":
        note(event, *map(os.fsdecode, arguments[1]))
    elif event in ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.startfile"):
        note(event, *map(str, arguments))

sys.addaudithook(watch)
"""
"""A module that Python imports when it starts, where its folder stands in ``PYTHONPATH``; it names its files itself."""
