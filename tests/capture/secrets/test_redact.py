"""Planted secrets are found and replaced, wherever a text says so; what only looks like one is left alone."""

from __future__ import annotations

import json
import random
import string
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trackbook.capture.secrets import known, redact, redact_file, redact_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_random = random.Random(7)


def letters(count: int, of: str = string.ascii_letters + string.digits) -> str:
    return "".join(_random.choice(of) for _ in range(count - 2)) + "7Q"


# Made here, so that no file of the project holds a text in the shape of a secret.
AWS_ID = "AKIA" + "IOSFODNN7EXAMPLE"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY"
GITHUB = "ghp_" + letters(36)
HF = "hf_" + letters(34)
OPENAI = "sk-" + "proj-" + letters(40)
SLACK = "xoxb-" + "123456789012-" + letters(24)
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTYifQ." + letters(43)
STRIPE = "sk_" + "live_" + letters(24)
KEY_BODY = "\n".join(letters(64) for _ in range(5))
PRIVATE = f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{KEY_BODY}\n-----END RSA {'PRIVATE'} KEY-----"

PLANTED = {
    "aws id": ("key_id = '{}'", AWS_ID),
    "aws secret by name": ("aws_secret_access_key = '{}'", AWS_SECRET),
    "aws secret by its id": (f"client('s3', '{AWS_ID}', '{{}}')", AWS_SECRET),
    "aws credentials file": ("aws_secret_access_key = {}", AWS_SECRET),
    "github": ("!git clone https://{}@github.com/a/b", GITHUB),
    "hugging face": ("login('{}')", HF),
    "openai": ("client = OpenAI({!r})", OPENAI),
    "slack": ("post({!r})", SLACK),
    "jwt": ("x = '{}'", JWT),
    "stripe": ("charge('{}')", STRIPE),
    "user and password in a url": ("url = 'postgresql://me:{}@host/db'", "hunter2x"),
    "token as a url's user": ("https://{}@host/x.git", "abc123def456ghi789"),
    "token parameter": ("get('https://host/x?token={}')", "abc123def"),
    "api key parameter": ("get('https://host/x?a=1&api_key={}&b=2')", "abcdef123"),
    "signed url": ("get('https://host/x?X-Amz-Signature={}')", "ab12" * 16),
    "password": ('password = "{}"', "hunter22!"),
    "password in an annotated name": ('db_password: str = "{}"', "hunter22!"),
    "password of words": ('password = "{}"', "correct horse battery staple"),
    "password in lines": ('connect(\n    password=(\n        "{}"\n    )\n)', "hunter22!"),
    "yaml": ("user: me\nPASSWORD: {}\n", "x"),
    "yaml in small letters": ("user: me\npassword: {}\n", "hunter22!"),
    "environment": ('os.environ["DB_PASSWORD"] = "{}"', "hunter"),
    "environment default": ('os.environ.setdefault("DB_PASSWORD", "{}")', "hunter"),
    "env magic": ("%env WANDB_API_KEY={}", "0123456789abcdef" * 2),
    "key of a service": ("os.environ['KAGGLE_KEY'] = '{}'", "0123456789abcdef" * 2),
    "key of a service by magic": ("%env KAGGLE_KEY {}", "0123456789abcdef" * 2),
    "words by magic": ("%env DB_PASSWORD {}", "correct horse battery"),
    "words by magic after a sign": ("%env DB_PASSWORD={}", "correct horse battery"),
    "words by magic after a sign among spaces": ("  %set_env DB_PASSWORD = {}", "correct horse battery"),
    "quotes by magic": ("%env DB_PASSWORD {}", "ab'c \"d e\\f g\\nh"),
    "words in quotes by magic": ("%env DB_PASSWORD '{}'", "correct 'horse\" battery"),
    "an open quote by magic": ("%env DB_PASSWORD {}", "'correct horse"),
    "an open bracket by magic": ("%env DB_PASSWORD {}", "[horse battery"),
    "a backtick by magic": ("%env DB_PASSWORD {}", "`horse battery"),
    "a sign by magic": ("%env DB_PASSWORD {}", "==horse battery"),
    "token and a comment by magic": ("%env HF_TOKEN {}", "abcdef12345 # the second"),
    "subscription": ("subscription_key = '{}'", "0123456789abcdef" * 2),
    "shell": ("!export HF_TOKEN={}", "abcdef12345"),
    "dict": ("cfg = {{'user': 'me', 'secret': '{}'}}", "sssh"),
    "escaped json": ('x = "{{\\"password\\": \\"{}\\"}}"', "hunter22"),
    "keyword argument": ("login(user='me', api_key='{}')", "abcdefgh"),
    "bearer": ("headers = {{'Authorization': 'Bearer {}'}}", "abc123def456ghi789"),
    "connection string": ("connect('host=db user=me password={}')", "hunter22"),
    "connection string of another kind": ('url = f"Server={{host}};Password={};Encrypt=1"', "hunter22"),
    "option of a command": ("!mysql -u me --password={} db", "hunter22"),
    "pair": ('conn = [("user", "me"), ("password", "{}")]', "hunter22!"),
    "pair in a pair": ("conn = (('password', '{}'), ('user', 'me'))", "hunter22!"),
    "pair over lines": ('dict([\n    (\n        "api_key",\n        "{}")])', "abcd+efgh1"),
    "wrapped": ("Settings(password=SecretStr('{}'))", "hunter22"),
}

IN_CALLS = {
    "option": 'parser.add_argument("--password", default="{}")',
    "option behind others": 'add_argument("-p", "--password", type=str, help="The password, of (it)", default="{}")',
    "option over lines": (
        'add_argument(\n    "--db-password",  # don\'t tell\n    type=lambda x: f(x, [1, 2]),\n    default="{}",\n)'
    ),
    "option from the environment": 'parser.add_argument("--password", default=os.getenv("PGPW", "{}"))',
    "click": '@click.option("--api-key", "-k", envvar="API_KEY", default=lambda: "{}")',
    "typer": 'def main(user: str, password: str = typer.Option("{}", "--password", envvar="PW")): ...',
    "typer by name": 'def main(password: str = typer.Option(default="{}", help="x")): ...',
    "annotated": 'def main(password: Annotated[str, typer.Option("--password", help="it")] = "{}"): ...',
    "annotated field": "class S(BaseSettings):\n    password: Annotated[str, Field(min_length=3, default='{}')]\n",
    "field": 'class S(BaseSettings):\n    api_key: SecretStr = Field(default="{}", repr=False)\n',
    "field of a secret": 'api_key: SecretStr = Field(SecretStr("{}"))',
    "config": 'x = config.get("password", "{}")',
    "config's fallback": 'x = config.get("db", "password", fallback="{}")',
    "environment by name": 'x = os.getenv("DB_PASSWORD", default="{}")',
    "environment of another name": 'password = str(os.environ.get("PGPW", "{}"))',
    "choice": 'x = os.environ.get("X_TOKEN") or "{}"',
    "choice over lines": 'x = (\n    os.environ.get("X_TOKEN")\n    or "{}"\n)',
    "choice in brackets": 'password = (\n    os.environ.get("PGPW")\n    or "{}"\n)',
    "choice by a condition in brackets": 'password = (x if y else "{}")',
    "choice in an argument's brackets": 'connect(password=(a or "{}"))',
    "chain": 'password = x = "{}"',
    "written otherwise": 'password = urllib.parse.quote_plus("{}")',
    "choice of names": 'token = token or "{}"',
    "choice by a condition": 'x = os.environ["X_TOKEN"] if "X_TOKEN" in os.environ else "{}"',
    "choice within a call": 'login(api_key=api_key or "{}")',
    "tuple": 'user, password = "me", "{}"',
    "tuple in brackets": '(password, user) = ("{}", "me")',
    "tuple of many": 'host, user, password = f("a", "b"), g["x"], "{}"',
    "auth": 'requests.get(url, auth=("me", "{}"))',
    "auth over lines": 'get(\n    url,\n    auth=(\n        "me",\n        "{}",\n    ),\n)',
    "auth in a dict": 'kw = {{"auth": ("me", "{}")}}',
    "auth object": 'requests.get(url, auth=HTTPBasicAuth("me", "{}"))',
    "login": 'smtp.login("me@example.org", "{}")',
    "attribute": 'getattr(settings, "password", "{}")',
    "setter": 'keyring.set_password("service", "me", "{}")',
    "widget": 'widgets.Password(description="Password:", value="{}")',
    "keyword argument behind another": 'connect(host, password="{}", port=1)',
}

ORDINARY = """
use_cls_token = True
pad_token = "[PAD]"
eos_token = "<|endoftext|>"
mask_token: str = "##mask##1"
token = tokenizer.next_token
password = getpass.getpass("Password: ")
api_key = os.environ["OPENAI_API_KEY"]
token = os.getenv("HF_TOKEN")
secret_key = settings.SECRET_KEY
def login(user: str, password: str, token: str | None = None) -> str: ...
class Config:
    password: SecretStr
    token: Final = None
run_id = "7f9c2ba4-e88f-4a3d-9d9f-2b1f9e4f5a60"
commit = "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
for key, value in scores.items(): print(f"{key}: {value}")
keys = list(d.keys()); d["key"] = "accuracy"; sort_key = "loss"; primary_key="sample_id_2024"
random.PRNGKey(0); key, subkey = jax.random.split(key)
max_token = "4096"; n_tokens = 128; tokens = ["a", "b"]
url = f"postgresql://{user}:{password}@{host}/db"
url = "https://example.org/data.csv?version=1a2b3c4d5e6f7a8b&key=name"
if pass_rate > 0.9: pass
login(user="me", password=password2)
print("give password=<yours>", f"password={password}", "password=%s")
password_label = "Enter your password again"
parser.add_argument("--tokens", default="128")
parser.add_argument("--token", default="cls_token")
parser.add_argument("--password", default="", help="The password of 3 users")
parser.add_argument("--password", "--pw", action="store")
parser.add_argument("--api-key-env", default="OPENAI_API_KEY")
token = os.environ.get("X_TOKEN") or ""
api_key = config.get("aws", "aws_secret_access_key")
password = getpass("Password: ") or getpass("Again, please: ")
user, password = login("me", password)
user, token = "me7f9c2ba4", None
connect(password, host="server-1", port=1)
if token and name == "abc123def456": pass
if password: mode = "strict"
run_id = get("run_id", default="7f9c2ba4-e88f-4a3d-9d9f-2b1f9e4f5a60")
commit = os.getenv("COMMIT", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3")
use_cls_token = config.get("use_cls_token", "True")
auth = get_auth("GET", "/path")
key = dict(OAuth=("oauth_get_sbs", "oauth_urlencode"))
st.text_input("Password", "Enter your password")
widgets.Text(description="Password", value="type it here")
widgets.Text(description="Password:", value="yours")
data = {"auth": ("user_id", "session_id")}
fields = dict(auth=("username", "password_hash"))
allowed(auth=("basic", "digest"))
pwd = os.getcwd() if x else "/home/me/project1"
pwd = os.environ.get("PWD", "~/project1")
parser.add_argument("--token-merge", default="mean_pool_v2")
parser.add_argument("--token-aggregation", default="mean_pool_v2")
parser.add_argument("--token-level", default="word_level_1")
token_ids, mask = "input_ids_1", "attention_mask_1"
config.get("password", "min_length")
user, (password, x) = "me", (secret, 1)
user, [password, x] = "me", [secret, 1]
password: str = typer.Option("--password", envvar="DB_PASSWORD")
raise ValueError("password", "wrong in 2 places")
columns = [("password", "varchar(20)"), ("token", "word2vec_1"), ("secret", "column 2"), ("pwd", "/home/me1")]
fields = (("password", "text"), ("api_key", "key-2"), ("password", "Password!"), ("password", "user_pw_2"))
response = requests.get(url, headers={"Authorization": f"Bearer {token}"})
"""


@pytest.mark.parametrize(("text", "secret"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_secret_is_replaced(text: str, secret: str) -> None:
    found = redact(f"first = 1\n{text.format(secret)}\nlast = 2")
    assert secret not in found.text
    assert "[secret: " in found.text
    assert found.findings
    assert found.text.startswith("first = 1\n")
    assert found.text.endswith("\nlast = 2")
    assert all(one.line > 1 for one in found.findings)
    assert secret not in repr(found.findings)
    assert redact(found.text).text == found.text, "what was replaced is not replaced again"


WRITTEN = {
    "as it is": str,
    "in JSON": json.dumps,
    "in JSON within JSON": lambda text: json.dumps(json.dumps(text)),
    "in a diff": lambda text: "".join(f"+{line}\n" for line in text.splitlines()),
    "in a notebook's diff": lambda text: "".join(
        f"+    {json.dumps(line)},\n" for line in text.splitlines(keepends=True)
    ),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("text", IN_CALLS.values(), ids=IN_CALLS.keys())
def test_a_secret_that_a_call_keeps_is_replaced(text: str, written: Callable[[str], str]) -> None:
    found = redact(written(text.format("hunter2secret")))
    assert [one.kind for one in found.findings], text
    assert found.text == written(text).format(f"[secret: {found.findings[0].kind}]").replace("{{", "{").replace(
        "}}", "}"
    ), "and nothing else is"


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
@pytest.mark.parametrize("value", ["correct horse battery", 'it\'s a "horse"', "a\\b c", "'a b", "=a b"])
@pytest.mark.parametrize(
    "lines", ["%env DB_PASSWORD={}", "%env DB_PASSWORD {}\nx = 1", "y = 2\n  %env DB_PASSWORD {}\nx"]
)
def test_a_line_of_env_is_replaced_up_to_its_end(lines: str, value: str, written: Callable[[str], str]) -> None:
    expected = value[1:] if value.startswith("=") and "PASSWORD=" not in lines else value
    found = redact(written(lines.format(value)))
    shown = written(lines.format(value.replace(expected, "[secret: password]")))
    assert found.text == shown, "and nothing else is"


def test_an_env_without_a_value_of_its_own_is_left_alone() -> None:
    for text in (
        "%env DB_PASSWORD",
        "%env DB_PASSWORD\nx = 1",
        "%env DB_PASSWORD $pw",
        "%env DB_PASSWORD={pw} \nx = 1",
    ):
        assert redact(text).text == text


@pytest.mark.parametrize("text", ["{}", 'key = """{}"""', "    {}\n"])
def test_a_private_key_is_replaced_from_its_first_line_to_its_last(text: str) -> None:
    found = redact(text.format(PRIVATE))
    assert found.text == text.format("[secret: private key]")


def test_a_private_key_that_was_cut_is_replaced_as_far_as_it_goes() -> None:
    found = redact(PRIVATE[:200] + "\n\nprint(1)")
    assert found.text.startswith("[secret: private key]")
    assert "print(1)" in found.text
    assert KEY_BODY[:64] not in found.text


@pytest.mark.parametrize("line", [one for one in ORDINARY.splitlines() if one.strip()])
def test_ordinary_code_is_left_alone(line: str) -> None:
    assert redact(line).text == line


def test_a_cell_stays_python() -> None:
    source = 'password = "hunter22!"\nurl = "https://me:abc@host"\n'
    compile(redact(source).text, "cell", "exec")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("password", "hunter2", "[secret: password]"),
        ("api_key", "abcdef", "[secret: key]"),
        ("use_cls_token", "True", "True"),
        ("tokenizer", "bert-base-uncased", "bert-base-uncased"),
        ("data", "s3://bucket/x", "s3://bucket/x"),
        ("data", "https://me:pw1@host/x", "https://me:[secret: password in a URL]@host/x"),
        ("dsn", "host=db password=hunter22", "host=db password=[secret: password]"),
        ("commit", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"),
    ],
)
def test_a_value_is_judged_by_its_name_too(name: str, value: str, kept: str) -> None:
    assert redact_value(name, value).text == kept


COLOURED = {
    "traceback": (
        "\x1b[32m      3\x1b[39m password \x1b[39m=\x1b[39m \x1b[33m'\x1b[39m\x1b[33m{}\x1b[39m\x1b[33m'\x1b[39m\n",
        "hunter22!x",
        "password",
    ),
    "call in a traceback": (
        "add_argument(\x1b[33m'\x1b[33m--password\x1b[39m\x1b[33m'\x1b[39m, default=\x1b[33m'\x1b[39m{}\x1b[33m'",
        "hunter22!x",
        "password",
    ),
    "printed dict": (
        "\x1b[1m{{\x1b[0m\x1b[32m'api_key'\x1b[0m: \x1b[32m'{}'\x1b[0m\x1b[1m}}\x1b[0m",
        "hunter22!x",
        "key",
    ),
    "in JSON": ("\\u001b[39mpassword=\\u001b[33m'{}'\\u001b[39m", "hunter22!x", "password"),
    "code as HTML": (
        '<span class="n">password</span> <span class="o">=</span> <span class="s1">&#39;{}&#39;</span>',
        "hunter22!x",
        "password",
    ),
    "letters of HTML": ("<span>token</span> = <span>&quot;{}&quot;</span> &lt;1", "hunter&amp;22abc", "token"),
}


@pytest.mark.parametrize(("text", "secret", "kind"), COLOURED.values(), ids=COLOURED.keys())
def test_a_secret_among_colours_is_replaced_and_they_stay(text: str, secret: str, kind: str) -> None:
    found = redact(text.format(secret), code=False)
    assert found.text == text.format(f"[secret: {kind}]")
    assert [one.kind for one in found.findings] == [kind]
    assert redact(found.text, code=False).text == found.text


def test_colours_alone_change_nothing() -> None:
    for text in ("\x1b[31muse_cls_token\x1b[39m = \x1b[32mTrue\x1b[39m", "<span>a</span> &lt; <span>b</span>", "\x1b["):
        assert redact(text).text == text
        assert redact(text).findings == ()


def notebook(source: list[str], **output: object) -> str:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": source, "outputs": [output]}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_notebook_is_searched_cell_by_cell() -> None:
    lines = [f"{line}\n" for line in f'pem = """{PRIVATE}"""'.split("\n")] + ['password = "hunter22!"']
    found = redact_file("x.ipynb", notebook(lines, output_type="stream", name="stdout", text=[f"{GITHUB}\n"]))
    content = json.loads(found.text)
    assert (
        "".join(content["cells"][0]["source"]) == 'pem = """[secret: private key]"""\npassword = "[secret: password]"'
    )
    assert content["cells"][0]["outputs"][0]["text"] == ["[secret: GitHub token]\n"]
    assert sorted(one.kind for one in found.findings) == ["GitHub token", "password", "private key"]


def test_pictures_are_passed_over() -> None:
    text = notebook(["plot()"], output_type="display_data", data={"image/png": f"iVBOR/{AWS_ID}/x"}, metadata={})
    assert redact_file("x.ipynb", text).text == text


def test_a_text_that_takes_too_long_is_not_complete() -> None:
    found = redact("key = 1\n" * 100_000, limit_s=0.0)
    assert not found.complete


def test_ordinary_notebooks_and_libraries_are_left_alone() -> None:
    notebooks = sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb"))
    assert notebooks
    modules = sorted((Path(sysconfig.get_paths()["purelib"]) / "sklearn").glob("*/_*.py"))[:80]
    for path in (*notebooks, *modules):
        found = redact_file(path.name, path.read_text())
        assert not found.findings, (path, found.findings)


def test_a_cell_of_sixty_lines_costs_less_than_a_millisecond() -> None:
    cell = "\n".join(f"model_{n} = train(X, y, lr={n})" + "  # a key" * (n % 6 == 0) for n in range(60))
    redact(cell)
    times = []
    for _ in range(20):
        started = time.perf_counter()
        redact(cell)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.002, "with room for a slow machine"


HOSTILE = (
    "a" * 2_000_000,
    "key" * 100_000,
    '"password": "' * 30_000,
    "password=\\" * 10_000,
    'add_argument("--password", ' * 15_000,
    "password = f(" * 15_000,
    '"password", ' * 30_000,
    "user, password = #\n" * 10_000,
    "auth=((" * 15_000,
    "password=(x or (" * 10_000,
    "password = x = y\n" * 10_000,
    '[("password", ' * 15_000,
    "key = [{(\n" * 100_000,
    "password\x1b[33m=\x1b[0m\n" * 20_000,
    "<span " * 200_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_no_text_takes_more_than_its_length(text: str) -> None:
    started = time.process_time()
    redact(text)
    assert time.process_time() - started < 4


def test_loading_the_library_changes_no_warning_of_the_process() -> None:
    code = (
        "import logging, warnings; before = warnings.showwarning; from trackbook.capture.secrets import library;"
        "assert library._detectors(); assert warnings.showwarning is before; assert not logging.root.handlers;"
        "assert not logging.getLogger('py.warnings').handlers; import sys; sys.modules.pop('requests');"
        "assert sys.modules.get('urllib3.contrib.socks', True)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr == "", "it would stand in the user's cell"


def test_a_secret_that_was_found_is_known_wherever_it_turns_up() -> None:
    known.forget()
    value = "hunter2-planted" + "-Pw!"
    assert value in redact(f"printed: {value}").text
    redact(f'password = "{value}"')
    found = redact(f"printed: {value}\n{{'x': '{value}'}}")
    assert value not in found.text
    assert [(one.kind, one.line) for one in found.findings] == [("password", 1), ("password", 2)]
    assert redact_value("note", f"it is {value}").text == "it is [secret: password]"


def test_words_and_short_values_are_not_taken_for_secrets_elsewhere() -> None:
    known.forget()
    redact('password = "secretword"\npasswd = "ab1"\npwd = "12345678"')
    assert redact("secretword ab1 12345678").findings == ()


@pytest.fixture(autouse=True)
def _nothing_is_known() -> Iterator[None]:
    yield
    known.forget()
