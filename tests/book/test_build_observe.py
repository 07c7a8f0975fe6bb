"""What a process reads is observed: files, listings, what is absent, commands it starts; and nothing of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from implied.files.input_files import digest_of_file
from itpbook import project
from itpbook.book.execution.execute import chosen_parameters
from itpbook.book.reuse.import_graph import ImportGraph
from itpbook.book.reuse.observed_inputs import Inputs, as_now, inputs_in

BEGIN = "import os, sys; from pathlib import Path; from itpbook.book.reuse.observed_inputs import join, observe; "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with some records and a module."""
    for name in ("records/patients.csv", "records/platelets.csv", "settings/one.yaml", "module.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n", encoding="utf-8")
    return tmp_path


def observed(folder: Path, source: str, before: str = "pass") -> Inputs | None:
    """Run a program in the folder, and return what was observed of it."""
    notes = folder / "scratch" / "notes"
    notes.parent.mkdir()
    program = f"{BEGIN}\n{before}\nobserve(Path({str(notes)!r}))\n{source}"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(notes.parent)}
    subprocess.run([sys.executable, "-c", program], cwd=folder, env=environment, check=True)
    return inputs_in(notes, {"project": folder, "data": folder / "records"}, [notes.parent])


READS = {
    "open": ("open('settings/one.yaml').close()", {"project:settings/one.yaml"}),
    "a descriptor": ("os.close(os.open('settings/one.yaml', os.O_RDONLY))", {"project:settings/one.yaml"}),
    "a library": ("import yaml; yaml.safe_load(Path('settings/one.yaml').open())", {"project:settings/one.yaml"}),
    "a link": (
        "os.symlink('../settings/one.yaml', 'scratch/link'); open('scratch/link').close()",
        {"project:settings/one.yaml"},
    ),
    "a copy": (
        "import shutil; shutil.copy('settings/one.yaml', 'scratch/two'); open('scratch/two').close()",
        {"project:settings/one.yaml"},
    ),
    "appending": ("open('settings/one.yaml', 'a').close()", {"project:settings/one.yaml"}),
    "records": (
        "open('records/patients.csv').close()",
        {"project:records/patients.csv", "data:patients.csv"},
    ),
    "a listing": ("os.listdir('settings')", {"project:settings/"}),
    "a pattern": ("list(Path('settings').glob('*.yaml'))", {"project:settings/"}),
    "a walk": ("list(os.walk('settings'))", {"project:settings/"}),
    "nothing there": (
        "try: open('settings/none.yaml')\nexcept FileNotFoundError: pass",
        {"project:settings/none.yaml"},
    ),
    "a module": ("import module", {"project:module.py"}),
    "a fork": (
        "child = os.fork()\nif not child:\n    open('settings/one.yaml').close(); os._exit(0)\nos.waitpid(child, 0)",
        {"project:settings/one.yaml"},
    ),
    "a thread": (
        "import threading; t = threading.Thread(target=lambda: open('settings/one.yaml').close()); t.start(); t.join()",
        {"project:settings/one.yaml"},
    ),
    "what it wrote itself": ("Path('own').write_text('a'); open('own').close()", set()),
    "a folder that it made": ("os.mkdir('own'); Path('own/a').write_text('a'); os.listdir('own')", set()),
    "what it moved there": ("Path('scratch/a').write_text('a'); os.replace('scratch/a', 'own'); open('own')", set()),
    "a temporary folder": (
        "import tempfile\nwith tempfile.TemporaryDirectory() as t: Path(t, 'a').write_text('a'); os.listdir(t)",
        set(),
    ),
    "a device": ("open('/dev/null').close(); open('/proc/self/stat').close()", set()),
    "an installed package": ("import yaml.nodes, csv; open(yaml.__file__).close()", set()),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("way", READS)
def test_what_is_read_is_observed_and_what_is_made_is_not(way: str, folder: Path):
    source, names = READS[way]
    inputs = observed(folder, source)
    assert inputs is not None
    assert set(inputs) == names


def test_digest_is_that_of_the_file_as_it_was_read(folder: Path):
    path = folder / "settings" / "one.yaml"
    first = digest_of_file(path)
    inputs = observed(folder, "Path('settings/one.yaml').read_text(); Path('settings/one.yaml').write_text('another')")
    assert inputs == {"project:settings/one.yaml": first}
    assert as_now(inputs, {"project": folder}) != inputs


def test_commands_that_join_are_observed_with_what_they_import(folder: Path):
    child = f"{BEGIN} import module; join(); open('settings/one.yaml').close()"
    inputs = observed(folder, f"import subprocess; subprocess.run([sys.executable, '-c', {child!r}], check=True)")
    assert inputs is not None
    assert {"project:settings/one.yaml", "project:module.py"} <= set(inputs)
    assert f":{project.ROOT / 'itpbook' / 'book' / 'reuse' / 'observed_inputs.py'}" in inputs


def test_command_of_the_package_joins_by_itself(folder: Path):
    """Not one that only some chapter may start: the entry point does it."""
    command = "from itpbook.commands.command_line import app; app(prog_name='itpbook')"
    start = f"[sys.executable, '-c', {command!r}, 'validate', 'records']"
    inputs = observed(folder, f"import subprocess; subprocess.run({start}, capture_output=True)")
    assert inputs is not None
    assert {"data:./", "data:patients.csv"} <= set(inputs)
    assert f":{project.ROOT / 'itpbook' / 'commands' / 'record_commands.py'}" in inputs
    assert f":{project.ROOT / 'implied' / 'cli' / 'terminal.py'}" in inputs


STARTED = {
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "os.system('true')",
    "python without joining": "import subprocess; subprocess.run([sys.executable, '-c', 'pass'])",
    "a spawned program": "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
    "the network": "import socket; s = socket.socket(); s.settimeout(0.1); s.connect_ex(('127.0.0.1', 9)); s.close()",
}


@pytest.mark.parametrize("way", STARTED)
def test_program_that_cannot_be_observed_leaves_nothing_known(way: str, folder: Path):
    assert observed(folder, STARTED[way]) is None


def test_records_elsewhere_count_by_their_contents(tmp_path: Path):
    inputs: Inputs = {}
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "patients.csv").write_text("a", encoding="utf-8")
        inputs = inputs or as_now({"data:patients.csv": None, "data:./": None}, {"data": tmp_path / name})
    assert as_now(inputs, {"data": tmp_path / "other"}) == inputs
    (tmp_path / "other" / "platelets.csv").write_text("", encoding="utf-8")
    assert as_now(inputs, {"data": tmp_path / "other"}) != inputs


def test_imports_are_followed_wherever_they_stand(tmp_path: Path):
    package = tmp_path / "package"
    for name, text in {
        "__init__.py": "",
        "start.py": "def late():\n    from package.inner import deep\n",
        "inner/__init__.py": "from . import beside\n",
        "inner/deep.py": "import package.last as last, os\n",
        "inner/beside.py": "",
        "last.py": "import package.start",
        "apart.py": "import package.start",
        "twice.py": "import package.apart",
        "twice/__init__.py": "",
    }.items():
        (package / name).parent.mkdir(exist_ok=True, parents=True)
        (package / name).write_text(text, encoding="utf-8")
    graph = ImportGraph(package)

    def reached(*cells: str) -> set[str]:
        return {path.relative_to(package).as_posix() for path in graph.reached(cells).values()}

    whole = {"__init__.py", "start.py", "inner/__init__.py", "inner/deep.py", "inner/beside.py", "last.py"}
    assert reached("%matplotlib inline\nfrom package import start") == whole
    assert reached("import package.inner") == {"__init__.py", "inner/__init__.py", "inner/beside.py"}
    assert reached("from package import twice") == {"__init__.py", "twice/__init__.py"}
    assert reached("import packages, os") == set()
    # What cannot be read as Python may import anything.
    assert reached("%%bash\nfor x in 1; do") == {path.relative_to(package).as_posix() for path in graph.files.values()}


def test_every_chapter_reaches_what_executes_it_and_no_chapter_what_compiles_the_pages():
    from itpbook.book.notebooks import code_of, read_notebook
    from itpbook.book.reuse.build_keys import _EXECUTING

    graph = ImportGraph(*project.PACKAGES)
    for name in chosen_parameters({}):
        cells = [cell for cell, _ in code_of(read_notebook(project.CHAPTERS / f"{name}.ipynb"))]
        parts = {path.relative_to(project.ROOT).as_posix() for path in graph.reached(cells, _EXECUTING).values()}
        executing = ("book/execution/in_process_engine", "book/notebooks", "book/chapter", "project")
        assert {f"itpbook/{module}.py" for module in executing} <= parts
        assert not {part for part in parts if part.startswith(("itpbook/sphinxext", "itpbook/commands", "implied/cli"))}
        assert "itpbook/book/build.py" not in parts
        assert ("itpbook/presentation/figures/style.py" in parts) == (
            name in ("cohort", "efficacy", "safety", "determined")
        )
