"""A stage runs three ways, and all three write the same bytes."""

import re
import shlex

import pytest

STAGES = ["ingest", "clean", "analyse", "report"]


def printed_commands(project, stage):
    """Return the commands that the pipeline printed for a stage."""
    module = "startpy.report" if stage == "report" else f"stages.{stage}"
    log = "".join(project.log)
    commands = re.findall(rf"^Shell command: (python -m {re.escape(module)} .+)$", log, re.M)
    assert commands, log
    return commands


def made_by(project, stage):
    place = {
        "ingest": "data/interim",
        "clean": ("data/processed", "results/codebook"),
        "analyse": ("results/tables", "results/figures", "results/facts"),
        "report": "results/report",
    }[stage]
    return {path: content for path, content in project.results().items() if path.startswith(place)}


def delete_results(project, stage):
    for path in made_by(project, stage):
        (project.folder / path).unlink()


@pytest.mark.parametrize("stage", STAGES)
def test_the_printed_command_writes_what_the_pipeline_wrote(project, copy, stage):
    delete_results(copy, stage)
    for command in printed_commands(project, stage):
        done = copy.run(*shlex.split(command))
        assert done.returncode == 0, done.output
    assert made_by(copy, stage) == made_by(project, stage)


@pytest.mark.parametrize("stage", STAGES)
def test_calling_main_from_python_writes_what_the_pipeline_wrote(project, copy, stage):
    delete_results(copy, stage)
    for command in printed_commands(project, stage):
        _, _, module, *options = shlex.split(command)
        program = (
            f"from startpy.command import parser\nfrom {module} import main\n"
            f"main(**vars(parser(main).parse_args({options!r})))"
        )
        done = copy.run(copy.python, "-c", program)
        assert done.returncode == 0, done.output
    assert made_by(copy, stage) == made_by(project, stage)


@pytest.mark.parametrize("stage", STAGES)
def test_the_one_command_runs_up_to_a_stage_and_no_further(project, stage):
    earlier = STAGES[: STAGES.index(stage) + 1]
    made = {path for name in earlier for path in made_by(project, name)}
    assert project.reached[stage] == sorted(made)
