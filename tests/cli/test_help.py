"""Every command explains itself, and `--help` is quick because nothing heavy is loaded for it."""

import subprocess
import sys

import pytest
import typer.main
from typer.testing import CliRunner

from trackbook.cli.main import app

COMMANDS = sorted(typer.main.get_command(app).commands)


def test_the_commands_that_are_promised_are_there():
    assert {"lab", "runs", "show", "doctor", "recover", "report", "gc"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert typer.main.get_command(app).commands[command].help.rstrip().endswith(".")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_has_help(command):
    parameters = typer.main.get_command(app).commands[command].params
    assert [parameter.name for parameter in parameters if not parameter.help] == []


@pytest.mark.parametrize("command", ["runs", "show", "doctor", "gc"])
def test_what_prints_data_has_json(command):
    options = [
        option for parameter in typer.main.get_command(app).commands[command].params for option in parameter.opts
    ]
    assert "--json" in options


def test_help_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from trackbook.cli.main import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "print([name for name in ('sqlalchemy', 'pandas', 'numpy', 'IPython', 'nbconvert') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_version_is_printed():
    result = CliRunner().invoke(app, ["--version"])
    assert result.output.startswith("trackbook ")
