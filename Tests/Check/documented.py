"""Runs the Python snippets of a page of the documentation, one after the other, on a study's folder.

    .deps/peers/bin/python Tests/Check/documented.py docs/python.md runs/smoke

The page's `runs/quick` stands for the folder. Every kind of result that the folder has must be read by some snippet: a file
that no snippet opens is an error, so that the page can't fall behind.
"""

import builtins
import io
import re
import sys
from pathlib import Path

page, run = Path(sys.argv[1]), Path(sys.argv[2])
snippets = re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.M | re.S)
if len(snippets) < 5:
    sys.exit(f"{page}: only {len(snippets)} snippets")

opened = set()


def remember(module, name):
    original = getattr(module, name)

    def watching(file, *rest, **named):
        if isinstance(file, (str, Path)):
            opened.add(Path(file).resolve())
        return original(file, *rest, **named)

    setattr(module, name, watching)


remember(io, "open")
remember(builtins, "open")
import h5py
import safetensors
import safetensors.numpy

original_file = h5py.File


class WatchedFile(original_file):
    def __init__(self, name, *rest, **named):
        opened.add(Path(name).resolve())
        super().__init__(name, *rest, **named)


h5py.File = WatchedFile
remember(safetensors, "safe_open")
remember(safetensors.numpy, "load_file")

names = {}
for number, snippet in enumerate(snippets, 1):
    code = snippet.replace('"runs/quick"', repr(str(run)))
    line = page.read_text()[: page.read_text().index(snippet)].count("\n") + 1
    try:
        exec(compile("\n" * (line - 1) + code, str(page), "exec"), names)
    except Exception as error:
        sys.exit(f"{page}: snippet {number} (line {line}) fails: {type(error).__name__}: {error}")

# One file of each name is enough; steps are the program's own records.
ours = [path for path in run.rglob("*") if path.suffix in (".json", ".h5", ".safetensors") and path.is_file()]
ours = [
    path for path in ours
    if not {"steps", "points", "replaced"} & set(path.relative_to(run).parts) and not path.name.endswith(".vl.json")
    # Kept by single trainings for going on; the joint files hold the same.
    and path.name not in ("result.json", "checkpoint.previous.safetensors", "matched.json")
    and not re.search(r"-seed-\d+\.json$", path.name)
]
read = {path.name for path in opened}
unread = sorted({path.name for path in ours} - read)
if unread:
    sys.exit(f"{page}: no snippet reads {', '.join(unread)}")
print(f"{page}: {len(snippets)} snippets run, and read {len(read)} kinds of files")
