"""What PyTorch's functions and objects do.

Three kinds of objects are told apart.  A `tensor` changes by methods that end in an underscore.  A `net` (a module, an
optimizer, a scheduler, a loss) changes itself, and with it the parameters that it leads to, but never the data that it
is given.  A `loader` (a dataset, a `DataLoader`) is only read; who iterates it draws.  `loss.backward()` and
`optimizer.step()` reach from a tensor or a net to parameters, never to data: regions of the world say which is which.
Whatever is not known here may do anything, as other libraries do.
"""

from __future__ import annotations

from trackbook.capture.program.effects import GENERATORS, MODULE, NOTHING, TORCH, Effect
from trackbook.capture.program.steps import CALLED, Act, Use

TENSOR, NET, LOADER = "tensor", "net", "loader"
ANY = "tensor or net"
GENERATOR = "generator"
"""Of random numbers; one that has a name is as unknown as any object."""
KINDS = frozenset({TENSOR, NET, LOADER})
LIBRARY = "torch"

GRAD_MODES = frozenset("no_grad inference_mode enable_grad set_grad_enabled autocast".split())
_LOADERS = frozenset("DataLoader TensorDataset Subset ConcatDataset random_split Dataset".split())
OF_LOADERS = frozenset(
    "dataset batch_size shuffle num_workers drop_last pin_memory batch_sampler_size datasets indices lengths".split()
)
"""Arguments of a `DataLoader` that bring no code or generator of one's own."""
_NUMBERS = frozenset(
    """torch.device torch.cuda.is_available torch.cuda.device_count torch.backends.mps.is_available torch.is_tensor
    torch.cuda.empty_cache torch.cuda.synchronize torch.get_num_threads torch.numel torch.Size""".split()
)
_MAY_CHANGE = (
    "torch.nn.utils.", "torch.nn.parallel.", "torch.autograd.", "torch.jit.", "torch.func.", "torch.compile",
    "torch.fx.", "torch.distributed.", "torch.multiprocessing.", "torch.utils.", "torch.library.", "torch.export.",
    "torch.nn.Parameter", "torch.nn.parameter.", "torch.nn.Buffer", "torch.Generator", "torch.load", "torch.hub.",
    "torch.Tensor", "torch.nn.modules.", "torch.ao.", "torch.quantization.", "torch.sparse.", "torch.ops.",
)  # fmt: skip
_DRAWING = ("rand", "normal", "bernoulli", "multinomial", "poisson", "gumbel", "rrelu", "fractional", "svd_low", "pca")
_DRAWING_WITHIN = ("drop", "attention", "random")
HOLDING = frozenset(
    """append extend insert add_module register_buffer register_parameter register_module add_param_group register_hook
    register_forward_hook register_forward_pre_hook register_full_backward_hook apply share_memory retain_grad
    register_step_post_hook register_step_pre_hook setattr set_extra_state update_parameters""".split()
)
"""Methods of a module or optimizer that make it keep what they are given, or run it."""
_OF_NETS = frozenset(
    """train eval to cuda cpu half float double bfloat16 parameters named_parameters buffers named_buffers modules
    named_modules children named_children state_dict load_state_dict zero_grad step forward backward scale unscale_
    update get_last_lr requires_grad_ size item items keys values get extra_repr reset_parameters""".split()
)
_GIVE_NETS = frozenset("train eval to cuda cpu half float double bfloat16 requires_grad_ state_dict get".split())
READERS = frozenset(
    """abs add addmm all amax amin any argmax argmin argsort bmm bool ceil chunk clamp clip clone contiguous cos cpu
    cross cuda cumprod cumsum detach diag diagonal diff dim div dot double eq erf exp expand expand_as flatten flip
    float floor gather ge gt half index_select int isfinite isinf isnan item kthvalue le log log1p log10 log2
    log_softmax logsumexp long lt masked_fill masked_select matmul max maximum mean median min minimum mm movedim mul
    multinomial narrow ne neg new_full new_ones new_tensor new_zeros nonzero norm numel numpy outer permute pow prod
    reciprocal relu repeat repeat_interleave reshape roll round rsqrt scatter select sigmoid sign sin size softmax sort
    split sqrt square squeeze stack std stride sub sum swapaxes t tanh tile to tolist topk transpose tril triu type
    type_as unbind unfold unique unsqueeze var view view_as where zero norm mode logical_and logical_or logical_not
    bernoulli element_size get_device is_contiguous masked_scatter index_add index_copy new_empty bfloat16 ndimension
    items keys values get count index startswith endswith split lower upper strip format join""".split()
)
"""Methods of tensors that leave them as they are; those of dicts, lists and texts, too."""


def kind_of_call(name: str) -> str:
    """The kind of what a function of PyTorch gives, by its dotted name; "" where that is not known."""
    first, _, last = name.rpartition(".")
    if name in _NUMBERS:
        return "scalar"
    if first.startswith("torch.utils.data") and last in _LOADERS:
        return LOADER
    if name.startswith(_MAY_CHANGE):
        return ""
    if first.startswith("torch.optim") or (first == "torch.nn" and last[:1].isupper()):
        return NET
    if name.startswith(("torch.amp.GradScaler", "torch.cuda.amp.GradScaler")):
        return NET
    return TENSOR if first in {"torch", "torch.nn.functional", "torch.linalg", "torch.special", "torch.fft"} else ""


def kind_of_class(name: str) -> str:
    """The kind of the objects of a class that derives from this one of PyTorch's; "" where that is not known."""
    if name in {"torch.utils.data.Dataset", "torch.utils.data.dataset.Dataset"}:
        return LOADER
    return kind_of_call(name) if kind_of_call(name) == NET else ""


def kind_at(kind: str, path: tuple[str, ...]) -> str:
    """The kind of what a path from an object of this kind leads to; "" where it is not known."""
    found, position = kind, 0
    while position < len(path) and found:
        part, called = path[position], path[position + 1 : position + 2] == ("()",)
        if part == "()":
            found = TENSOR if found in {NET, TENSOR} else ""
        elif called:
            found = _given_by(found, part)
            position += 1
        elif found in {"plain", "lib"}:
            found = ""
        elif found == LOADER:
            found = LOADER if part in {"dataset", "datasets"} else TENSOR if part in {"[]", "tensors"} else ""
        position += 1
    return found


def _given_by(kind: str, method: str) -> str:
    if kind in {"scalar", "plain", "lib"}:
        return kind if kind != "lib" else ""
    if kind == NET:
        return NET if method in _GIVE_NETS else TENSOR if method == "forward" else "scalar" if method == "item" else ""
    if kind == TENSOR and method in {"item", "numel", "dim", "size", "startswith", "element_size"}:
        return "scalar"
    if kind == TENSOR and method in {"tolist", "numpy"}:
        return {"tolist": "plain", "numpy": "lib"}[method]
    return TENSOR if kind == TENSOR and method in READERS else ""


def kind_of_result(name: str, rest: tuple[str, ...]) -> str:
    """The kind of what a path behind a function of PyTorch leads to; "" where it is not known."""
    return kind_at(found, rest[1:]) if (found := kind_of_call(name)) in KINDS else found if len(rest) == 1 else ""


def is_library(kind: str) -> bool:
    """Whether a kind is that of PyTorch itself, or of a module, class or function of it."""
    return kind == f"{MODULE}{LIBRARY}" or kind.startswith(f"{MODULE}{LIBRARY}.")


# -- effects ----------------------------------------------------------------------------------------------------------

_ANY = Effect("deep", "changed", holds="own", draws=GENERATORS)
_READS = Effect(arguments="consumed")
_DRAWS = frozenset({TORCH})
_SEEDS = frozenset("torch.manual_seed torch.random.manual_seed torch.seed torch.cuda.manual_seed_all".split())
_SETTERS = ("torch.set_", "torch.use_", "torch.backends.", "torch.random.set_", "torch.cuda.set_", "torch._dynamo.")


def effect_of(use: Use, kind: str, *, calls_back: bool) -> Effect:
    """As `calls.effect_of`, but for files."""
    if use.act is Act.ITERATE:
        return Effect(draws=_DRAWS if kind == LOADER or is_library(kind) else frozenset())
    if use.act is Act.STORE:
        return _store(use, kind)
    if is_library(kind):
        return _function(use, kind, calls_back)
    return _ANY if calls_back else _method(use, kind, ("", *use.path) if use.path[:1] == (CALLED,) else use.path)


def _store(use: Use, kind: str) -> Effect:
    if is_library(kind):
        return Effect("deep", session=True, holds="own")
    trains = "requires_grad" in use.path
    return Effect("trained" if kind == NET else "own", holds="own", trains=trains)


def _function(use: Use, kind: str, calls_back: bool) -> Effect:
    path = use.path
    end = path.index(CALLED) if CALLED in path else len(path)
    name = ".".join((kind.removeprefix(MODULE), *path[:end]))
    if end < len(path):  # a method of what a function gave
        return _method(
            use,
            GENERATOR if name == "torch.Generator" else kind_of_call(name) or "unknown",
            path[end + 1 :],
            nameless=True,
        )
    last = name.rpartition(".")[2]
    if name in _SEEDS:
        return Effect(seeds=_DRAWS) if name.rpartition(".")[0] != "torch.cuda" else NOTHING
    draws = _DRAWS if last[:1].isupper() or name.startswith("torch.nn.init") or _draws(last) else frozenset()
    if name.startswith(_SETTERS) or last in {"set_grad_enabled", "set_default_dtype"}:
        return Effect(arguments="consumed", session=True)
    if last.startswith("clip_grad"):
        return Effect(arguments="trained")
    if calls_back or not _is_known(name, use.keywords):
        return Effect(arguments="changed", draws=GENERATORS, trains=True)
    return Effect(arguments="changed" if _in_place(last) else "consumed", draws=draws)


def _is_known(name: str, keywords: frozenset[str]) -> bool:
    """Whether a function changes nothing that it is given, but where its name ends in an underscore."""
    if keywords & {"out", "requires_grad", "inplace"} or (
        name.rpartition(".")[2] == "DataLoader" and not keywords <= OF_LOADERS
    ):
        return False
    return bool(kind_of_call(name)) or name.startswith("torch.nn.init.") or name in {"torch.save", "torch.Generator"}


def _method(use: Use, kind: str, path: tuple[str, ...], *, nameless: bool = False) -> Effect:
    """Of the object at the end of a path; it is `nameless` where no name stands for it, or for what it is made of."""
    method, before = (path[-1] if path else ""), path[:-1]
    every = "all " if nameless or CALLED in before else ""
    if method in {"__enter__", "__exit__"}:
        return NOTHING
    if method == "backward":
        return Effect(f"{every}trained")
    owner = kind_at(kind, tuple(part for part in before if part)) if kind in KINDS else ""
    draws = _DRAWS if owner == NET or _draws(method) else frozenset()
    if kind == GENERATOR and method == "manual_seed":
        return NOTHING
    if owner == NET and (not method or method in _OF_NETS):
        return Effect(f"{every}trained", "consumed", draws=draws)
    if owner == TENSOR and _in_place(method):
        return Effect(f"{every}own", "consumed", draws=draws, trains=method == "requires_grad_")
    if owner in {TENSOR, LOADER} and method in READERS:
        return Effect(arguments="consumed", draws=draws)
    if owner == TENSOR and method not in HOLDING:
        return Effect(f"{every}own", "consumed", holds="own", draws=draws)
    return Effect("all deep", "changed", draws=GENERATORS) if nameless else _ANY


def is_method(name: str) -> bool:
    """Whether tensors or modules have a method of this name that lets their arguments be; "" stands for a call."""
    return not name or name in READERS or name in _OF_NETS or name in {CALLED, "backward"}


def _in_place(name: str) -> bool:
    return name.endswith("_") and not name.endswith("__")


def _draws(name: str) -> bool:
    last = name.lower()
    return last.startswith(_DRAWING) or any(word in last for word in _DRAWING_WITHIN)
