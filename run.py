"""The template's one command. It needs Python 3.11 or newer and nothing else.

python run.py         make the example project in build/ and run it to its report
python run.py test    test the template
"""

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TEMPLATE = ROOT / "{{cookiecutter.project_slug}}"
# The project's own command makes an environment and calls programs; the template does it likewise.
PROJECT = runpy.run_path(str(TEMPLATE / "run.py"))
# With the template's own default answers, and over what is there already.
QUIETLY = ["--no-input", "--default-config", "--overwrite-if-exists"]


def main(arguments: list) -> int:
    if arguments not in ([], ["test", *arguments[1:]]):
        print(__doc__)
        return 0 if arguments[0] in ("-h", "--help", "help") else 2
    python = PROJECT["make_environment"](ROOT)
    call = PROJECT["call"]
    if arguments:
        return call([python, "-m", "pytest", *arguments[1:]], ROOT)
    made = call(
        [python, "-m", "cookiecutter", ROOT, *QUIETLY, "--output-dir", ROOT / "build"], ROOT
    )
    project = ROOT / "build" / "penguins-of-palmer"
    return made or call([Path(sys.executable), project / "run.py"], project)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
