"""
Runs a program at a terminal: `python at_terminal.py '[["prompt", "answer"], …]' PROGRAM ARGUMENT…`. Types each answer when its
prompt is shown, prints all that the terminal has shown, and ends as the program did.
"""

import json
import os
import pty
import sys

dialogue = [(prompt.encode(), answer.encode()) for prompt, answer in json.loads(sys.argv[1])]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

shown = b""
seen = 0
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    if not data:
        break
    shown += data
    while dialogue and dialogue[0][0] in shown[seen:]:
        prompt, answer = dialogue.pop(0)
        seen = shown.index(prompt, seen) + len(prompt)
        os.write(terminal, answer + b"\r")
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
