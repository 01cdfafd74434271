"""Names that well-known libraries and Python give to what they do: which read, change, make, draw, and touch files.

`calls` says what a use does by them.
"""

from __future__ import annotations

from trackbook.capture.program.effects import NUMPY, PYTHON, TORCH

TRUSTED = frozenset(
    """numpy pandas sklearn scipy polars pyarrow matplotlib seaborn altair plotly math cmath statistics time datetime
    json re string textwrap copy decimal fractions typing dataclasses enum pathlib os sys platform hashlib uuid
    warnings logging trackbook mlflow pprint collections calendar csv glob operator torch tqdm""".split()
)
"""Libraries whose functions do not change what they are given, and whose objects only change themselves."""
CALLING = frozenset({"functools", "itertools", "operator", "contextlib"})
DRAWING = frozenset({"sklearn", "seaborn", "scipy"})
CHANGES_ARGUMENTS = frozenset(
    """shuffle copyto fill_diagonal put put_along_axis place putmask at setflags __setitem__ setitem iadd setattr
    delattr seed""".split()
)
CHANGES_WITHOUT_COPY = frozenset(
    "nan_to_num scale normalize binarize robust_scale minmax_scale maxabs_scale power_transform".split()
)
"""Functions that change what they are given where `copy=False` is."""
OUT_BEHIND = {
    **dict.fromkeys("sqrt exp log log2 log10 log1p expm1 abs absolute negative square sin cos tan tanh floor ceil sign "
                    "rint reciprocal".split(), 1),
    **dict.fromkeys("add subtract multiply divide true_divide maximum minimum power mod dot matmul".split(), 2),
    "clip": 3,
}  # fmt: skip
"""NumPy's functions that fill an array which stands behind so many arguments: `np.add(a, b, a)`."""
READERS = frozenset(
    """mean std var sum min max median mode count nunique unique value_counts describe head tail info corr cov
    quantile copy astype round abs any all argmax argmin argsort cumsum dot tolist to_numpy to_list to_dict item
    reshape ravel flatten transpose isna isnull notna notnull groupby agg aggregate assign merge join
    drop_duplicates sort_values sort_index reset_index set_index rename drop fillna dropna query loc iloc filter
    select with_columns nlargest nsmallest between isin keys items values get index size first last rolling
    pivot_table melt stack unstack explode predict predict_proba decision_function score get_params
    get_feature_names_out transform inverse_transform classification_report strip lstrip rstrip split rsplit
    splitlines lower upper title startswith endswith format encode decode zfill replace strftime isoformat
    total_seconds timestamp exists is_file is_dir resolve with_suffix most_common elements union intersection
    difference issubset nonzero clip diff shift idxmax idxmin to_string to_frame duplicated collect to_csv
    to_parquet to_json to_pickle to_feather to_excel to_html to_latex to_markdown apply map memory_usage""".split()
)
"""Methods of `lib`, plain and scalar objects that leave the object as it is (without `inplace=`)."""
TEXT_READERS = frozenset(
    """strip lstrip rstrip split rsplit splitlines lower upper title startswith endswith format encode decode zfill
    isdigit isalpha join""".split()
)
DRAWN = frozenset({"plot", "hist", "boxplot"})
"""Methods of frames and columns that draw them; the same words fill the axes of matplotlib."""
DRAWN_AS = frozenset("area bar barh box density hexbin hist kde line pie scatter".split())
"""What stands behind `plot`."""
ITSELF = frozenset({"rename", "remove", "extract", "copy", "move", "replace"})
"""Methods by which a frame or list changes itself, and a folder its files."""
MAKERS = frozenset(
    """copy assign merge join concat drop_duplicates sort_values dropna fillna agg aggregate describe value_counts
    pivot_table melt get_dummies array concatenate hstack vstack column_stack zeros_like ones_like train_test_split
    predict predict_proba decision_function mean std var sum median corr cov round""".split()
)
"""Of those of `lib`, what gives a new object, which shares nothing that can be changed with what it was made of."""
NUMBERS = frozenset("mean std var sum median score predict predict_proba decision_function item".split())
"""Of `lib` too: what comes out leads to nothing that went in, as with `accuracy_score`."""
FITS = frozenset("fit partial_fit fit_transform fit_predict".split())
HELPERS = frozenset({"_tb_magic_cd", "_tb_magic_pushd", "_tb_magic_popd"})
"""Functions that a script brings along, in the place of magics; a cell that has one is known to set the session."""
BUILTIN_READERS = (
    frozenset(
        """print open len range sum min max sorted enumerate zip isinstance issubclass int float str bool list dict set
    tuple frozenset abs round any all repr type id hash getattr hasattr reversed bytes bytearray format divmod pow ord
    chr callable display slice complex bin hex oct ascii super object map filter iter vars dir Exception
    ValueError RuntimeError TypeError KeyError AssertionError StopIteration NotImplementedError property
    staticmethod""".split()
    )
    | HELPERS
)
LAZY = frozenset({"map", "filter", "iter", "zip", "enumerate", "reversed"})
LEAVES_ITERATORS = LAZY | frozenset(
    "print open display len str repr int float bool isinstance issubclass type id hash round abs callable".split()
)
"""They take nothing of an iterator that they are given, not even later where they are not `LAZY`."""
TAKES_WHOLE = frozenset(
    """mean std var median percentile quantile array asarray exp log log1p sqrt abs round maximum minimum argmax argmin
    argsort where clip isnan unique corrcoef cov plot scatter imshow title suptitle xlabel ylabel legend axhline axvline
    semilogx semilogy loglog errorbar fill_between""".split()
)
"""Functions of NumPy and matplotlib to which an iterator is an object like any other."""
CONTAINER_METHODS = frozenset("append add insert setdefault remove discard pop popleft appendleft clear sort".split())
SETTERS = (
    "set_",
    "use",
    "register",
    "enable",
    "disable",
    "filterwarnings",
    "simplefilter",
    "rc",
    "basicConfig",
    "patch",
)
SETS_SESSION = frozenset(
    """os.chdir os.putenv os.unsetenv os.umask sys.setrecursionlimit sys.settrace locale.setlocale dotenv.load_dotenv
    importlib.reload logging.basicConfig numpy.seterr pandas.reset_option tensorflow.config gc.disable gc.freeze
    site.addsitedir builtins matplotlib.pyplot.xkcd seaborn.set""".split()
)
OWN_GENERATORS = frozenset(
    "numpy.random.default_rng numpy.random.RandomState numpy.random.Generator sklearn.utils.check_random_state".split()
)
SEEDS = {
    "numpy.random.seed": frozenset({NUMPY}),
    "numpy.random.set_state": frozenset({NUMPY}),
    "random.seed": frozenset({PYTHON}),
    "random.setstate": frozenset({PYTHON}),
    "torch.manual_seed": frozenset({TORCH}),
    "torch.random.manual_seed": frozenset({TORCH}),
}
FILE_READERS = (
    "read",
    "load",
    "open",
    "glob",
    "listdir",
    "scandir",
    "walk",
    "exists",
    "imread",
    "genfromtxt",
    "isfile",
)
FILE_WRITERS = (
    "to_", "save", "dump", "write", "mkdir", "makedirs", "remove", "unlink", "rename", "copy", "move", "rmtree",
    "urlretrieve", "touch", "extract", "symlink", "savefig", "replace", "download", "tofile", "rmdir",
)  # fmt: skip
OTHER_PROGRAMS = ("subprocess.", "os.system", "os.popen", "os.exec", "os.spawn", "runpy.")
"""They may meet any file."""
ENDS_WRITING = frozenset({"close", "flush", "commit"})
"""Methods of open files, after which others can read what was written."""
NOT_FILES = frozenset(
    "to_numpy to_list to_dict to_frame to_string to_datetime to_numeric to_timedelta to_device loads dumps".split()
)
BY_HANDLES = frozenset({"json.load", "json.dump", "pickle.load", "pickle.dump"})
"""They are given a file that was opened: who opened it says which."""
