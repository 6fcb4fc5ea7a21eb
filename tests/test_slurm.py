"""The same pipeline on a real Slurm: a controller and two nodes on this machine.

python3 run.py test -m nightly tests/test_slurm.py

It needs root and Debian's packages: apt install slurm-wlm munge.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from projects import TEMPLATE, run

PROFILE = TEMPLATE / "profiles" / "slurm" / "profile.yaml"
CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
StateSaveLocation={state}/controller
SlurmdSpoolDir={state}/%n
SlurmctldPidFile={state}/controller.pid
SlurmdPidFile={state}/%n.pid
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port=17001 CPUs=2 RealMemory=8000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port=17002 CPUs=2 RealMemory=8000
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=60 State=UP
"""
# There is no accounting here, and nobody wants to wait 40 seconds for a first look.
HERE = [
    "--slurm-no-account",
    *("--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "1"),
    *("--seconds-between-status-checks", "2"),
]

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(
        not shutil.which("slurmctld") or os.geteuid() != 0,
        reason="needs root and: apt install slurm-wlm munge",
    ),
]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """A Slurm of two nodes, ended process by process afterwards."""
    state = tmp_path_factory.mktemp("slurm")
    (state / "controller").mkdir()
    text = CONFIGURATION.format(host=socket.gethostname().partition(".")[0], state=state)
    # Jobs do not inherit SLURM_CONF: the file must be where Slurm looks for it.
    Path("/etc/slurm/slurm.conf").write_text(text, encoding="utf-8")
    Path("/run/munge").mkdir(exist_ok=True)
    shutil.chown("/run/munge", "munge", "munge")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [
        subprocess.Popen(["munged", "--foreground"], user="munge", group="munge", **quiet),
        subprocess.Popen(["slurmctld", "-D"], **quiet),
        *(subprocess.Popen(["slurmd", "-D", "-N", node], **quiet) for node in ("n1", "n2")),
    ]
    end = time.monotonic() + 60
    while run("srun", "--nodes=2", "hostname", cwd=state).returncode:
        assert time.monotonic() < end, "Slurm did not start"
        time.sleep(1)
    yield
    for process in reversed(started):
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def test_slurm_makes_the_same_bytes(slurm, project, tmp_path):
    copy = project.sources_only(tmp_path / "cluster")
    plugin = re.search(r"snakemake-executor-plugin-slurm==\S+", PROFILE.read_text("utf-8"))[0]
    environment = tmp_path / "environment"
    shutil.copytree(project.python.parents[1], environment, symlinks=True)
    python = environment / "bin" / "python"
    installed = copy.run(python, "-m", "pip", "install", plugin)
    assert installed.returncode == 0, installed.output
    done = copy.run(python, "-m", "snakemake", "--workflow-profile", "profiles/slurm", *HERE)
    assert done.returncode == 0, done.output
    assert done.output.count("has been submitted with SLURM jobid") == 6
    assert copy.results() == project.results()
