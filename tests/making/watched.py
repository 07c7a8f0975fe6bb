"""What notes, in every Python process of a build, what is started, what is written, and the use of the canary file."""

WATCH = """
import json, os, sys

NOTES, CANARY = {notes!r}, {canary!r}

def note(event, *words):
    line = json.dumps([event, *words]) + "\\n"
    descriptor = os.open(NOTES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, line.encode())
    os.close(descriptor)

def wrote(path):
    if isinstance(path, (str, bytes, os.PathLike)):
        name = os.fsdecode(path)
        name = name if name == ":memory:" else os.path.abspath(name)
        if name != NOTES:
            note("write", name)

def watch(event, arguments):
    if event == "open":
        if str(arguments[0]).startswith(CANARY):
            note("open", str(arguments[0]))
        if arguments[2] is not None and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            wrote(arguments[0])
    elif event in ("os.mkdir", "sqlite3.connect"):
        wrote(arguments[0])
    elif event in ("os.rename", "os.symlink", "os.link"):
        wrote(arguments[1])
    elif event == "subprocess.Popen":
        note(event, *map(os.fsdecode, arguments[1]))
    elif event in ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.startfile"):
        note(event, *map(str, arguments))

sys.addaudithook(watch)
"""
"""A module that Python imports when it starts, where its folder stands in ``PYTHONPATH``; it names its files itself."""
