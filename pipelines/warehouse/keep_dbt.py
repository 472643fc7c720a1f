"""dbt kept warm: one JSON list of arguments a line on stdin, one JSON line {success, error} on stdout; ends with stdin.

Its name does not begin with dbt_, or dbt would import it as a plugin.
"""

import json
import os
import queue
import threading

questions = os.fdopen(os.dup(0))
answers = os.fdopen(os.dup(1), "w")
# dbt itself reads nothing, and what it says goes to stderr
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)
asked: "queue.Queue[str]" = queue.Queue()


def read_questions() -> None:
    for line in questions:
        asked.put(line)
    os._exit(0)


def answer(result: dict) -> None:
    answers.write(json.dumps(result) + "\n")
    answers.flush()


threading.Thread(target=read_questions, daemon=True).start()

from dbt.cli.main import dbtRunner  # noqa: E402  slow, and stdin may close meanwhile

runner = dbtRunner()
while True:
    arguments = json.loads(asked.get())
    result = runner.invoke(arguments)
    error = None if result.exception is None else str(result.exception)
    answer({"success": result.success, "error": error})
