"""The template's one command. It needs Python 3.11 or newer and nothing else.

python run.py         make the example project in build/ and run it to its report
python run.py test    test the template
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TEMPLATE = ROOT / "{{cookiecutter.project_slug}}"
# The project makes an environment and calls programs; the template does it likewise, and leaves
# nothing in its folder: what lies there is copied into every project.
sys.dont_write_bytecode = True
sys.path.insert(0, str(TEMPLATE))
from startpy.environment import call, make_environment  # noqa: E402

# With the template's own default answers, and over what is there already.
QUIETLY = ["--no-input", "--default-config", "--overwrite-if-exists"]


def main(arguments: list) -> int:
    if arguments not in ([], ["test", *arguments[1:]]):
        print(__doc__)
        return 0 if arguments[0] in ("-h", "--help", "help") else 2
    python = make_environment(ROOT)
    if arguments:
        return call([python, "-m", "pytest", *arguments[1:]], ROOT)
    made = call(
        [python, "-m", "cookiecutter", ROOT, *QUIETLY, "--output-dir", ROOT / "build"], ROOT
    )
    project = ROOT / "build" / "penguins-of-palmer"
    return made or call([Path(sys.executable), project / "run.py"], project)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
