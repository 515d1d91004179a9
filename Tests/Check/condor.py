"""Checks the files that `goldstone study --submit htcondor` writes, with HTCondor's own parser of submit descriptions.

    Tests/Check/condor.py GOLDSTONE FOLDER

Writes the jobs of a small study, has HTCondor's library expand every one, and runs them in the order of the workflow, as DAGMan
would. (No pool is started: HTCondor is in none of the repositories that this project installs from.)
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import htcondor2

goldstone, folder = os.path.abspath(sys.argv[1]), Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
study = folder / "a study's file.yaml"
study.write_text("""preset: smoke
seeds: [1]
measures: [evaluation]
data: {trainingJets: 200, validationJets: 100, testJets: 100}
network: {width: 8, heads: 2, feedForward: 8, head: [8]}
training: {epochs: 1}
""")
run = folder / "a run"
subprocess.run([goldstone, "study", study, "--output", run, "--threads", "1", "--submit", "htcondor", "--dry-run",
                "--batch-option", "accounting_group = group_physics"], check=True)  # fmt: skip

variables, parents = {}, {}
for line in (run / "batch/study.dag").read_text().splitlines():
    words = shlex.split(line, comments=True)
    if words[:1] == ["JOB"]:
        variables[words[1]], parents[words[1]] = {}, set()
    elif words[:1] == ["VARS"]:
        variables[words[1]] = dict(word.split("=", 1) for word in words[2:])
    elif words[:1] == ["PARENT"]:
        at = words.index("CHILD")
        for child in words[at + 1 :]:
            parents[child] |= set(words[1:at])

text, done = (run / "batch/step.sub").read_text(), set()
while len(done) < len(parents):
    node = next(node for node in parents if node not in done and parents[node] <= done)
    submit = htcondor2.Submit(text)
    for name, value in variables[node].items():
        submit[name] = value
    job = {key: submit.expand(key) for key in submit.keys()}
    assert int(job["request_memory"]) > 500 and int(job["request_cpus"]) == 1, job
    assert job["accounting_group"] == "group_physics", job
    # HTCondor's rule for arguments in double quotes: spaces part them, single quotes hold them together.
    arguments = shlex.split(job["arguments"].strip('"').replace("''", "'\\''"))
    step = arguments[arguments.index("--step") + 1]
    assert step == variables[node]["step"] and arguments[1] == str(run.resolve() / "study.yaml"), arguments
    subprocess.run([job["executable"], *arguments], cwd=job["initialdir"], check=True)
    done.add(node)
assert (run / "report.html").stat().st_size > 10_000
print(f"HTCondor's parser reads the {len(done)} jobs, and they do the study")
