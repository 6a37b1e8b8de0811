"""Lets each request of a set be answered by itself, by a model behind any interface or by a person.

miniprojects reader requests --cases tests/cases/test/general-19.jsonl --output requests.jsonl
python -m tests.recording split requests.jsonl FOLDER      FOLDER/KEY.request.txt, one a ticket
… each answer is written to FOLDER/KEY.answer.json, by a reader who sees that one request …
python -m tests.recording join FOLDER answers.jsonl
miniprojects chart score tests/cases/test/general-19.jsonl --answers answers.jsonl
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_REQUEST, _ANSWER = ".request.txt", ".answer.json"
_HEAD = "Answer with the JSON object that the instructions ask for and nothing else.\n\n=== INSTRUCTIONS ===\n"


def split(requests: Path, folder: Path) -> int:
    """Writes each request as a text; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = requests.read_text(encoding="utf-8").splitlines()
    for line in lines:
        request = json.loads(line)
        system, user = (message["content"] for message in request["body"]["messages"])
        text = f"{_HEAD}{system}\n\n=== REQUEST ===\n{user}\n"
        (folder / f"{request['custom_id']}{_REQUEST}").write_text(text, encoding="utf-8")
    return len(lines)


def join(folder: Path, answers: Path) -> tuple[int, list[str]]:
    """Writes the answers of a folder in the batch format; returns how many, and the keys of requests without one."""
    missing, lines = [], []
    for request in sorted(folder.glob(f"*{_REQUEST}")):
        key = request.name.removesuffix(_REQUEST)
        answer = request.with_name(f"{key}{_ANSWER}")
        if answer.is_file():
            message = {"role": "assistant", "content": answer.read_text(encoding="utf-8")}
            body = {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
            lines.append({"custom_id": key, "response": {"status_code": 200, "body": body}, "error": None})
        else:
            missing.append(key)
    answers.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")
    return len(lines), missing


def main(arguments: list[str]) -> int:
    """Runs one of the two commands."""
    match arguments:
        case ["split", requests, folder]:
            print(f"{split(Path(requests), Path(folder))} requests in {folder}")
        case ["join", folder, answers]:
            count, missing = join(Path(folder), Path(answers))
            print(f"{count} answers in {answers}; {len(missing)} requests without an answer")
            return 1 if missing else 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
