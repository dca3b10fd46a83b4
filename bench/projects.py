"""Projects that differ as those of real teams do: a number → the content of project.yaml and
mlspec.lock.

A project follows from its number alone, so the first hundred of a thousand are the hundred of a
smaller monorepo, and each run measures the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple

Tree = dict[str, Any]

RUNTIME_IMAGE = "ghcr.io/mlspec/mlspec-runtime:0.1.0"

_SUBJECTS = (
    "wine", "fraud", "churn", "basket", "credit", "claims", "energy", "traffic", "parcel", "crop",
    "hotel", "flight", "tumor", "sensor", "ticket", "loan", "stock", "rental", "review", "click",
    "turbine", "battery", "invoice", "meter", "playlist",
)  # fmt: skip
_TASKS = (
    "quality", "score", "forecast", "ranking", "alert", "price", "demand", "segment", "risk",
    "match", "delay", "return", "uplift", "routing", "anomaly", "intent", "value", "yield",
    "renewal", "capacity", "triage", "duplicate", "season", "refill", "grade", "visit", "outage",
    "mood", "topic", "bundle", "margin", "detour", "growth", "wear", "spend", "load", "reach",
    "origin", "stage", "tempo",
)  # fmt: skip
_TEAMS = ("cellar", "growth", "payments", "logistics", "grid", "travel", "health", "market")
_PEOPLE = ("ana", "bo", "chidi", "dara", "eve", "farid", "gro", "hana", "ines", "jun")
_DATA = ("events", "orders", "readings", "profiles", "prices", "labels", "regions", "history")
_VERBS = ("clean", "join", "enrich", "split", "encode", "sample", "aggregate", "filter")
_MADE = ("tidy", "joined", "enriched", "parts", "encoded", "sampled", "summary", "kept")
_COLUMNS: Sequence[tuple[str, Any]] = (
    ("amount", {"type": "float", "min": 0, "max": 1000000}),
    ("ratio", {"type": "float", "min": 0, "max": 1}),
    ("count", {"type": "int", "min": 0}),
    ("age", {"type": "int", "min": 0, "max": 130, "nullable": True}),
    ("code", {"type": "string", "pattern": "[A-Z]{2}[0-9]{4}", "unique": True}),
    ("channel", {"type": "string", "enum": ["web", "shop", "phone"]}),
    ("mail", {"type": "string", "pii": True, "nullable": True}),
    ("active", "bool"),
    ("weight", "float"),
    ("region", "string"),
    ("since", {"type": "int", "min": 1990, "description": "The first year on record"}),
    ("temperature", {"type": "float", "min": -60, "max": 60}),
)
_PARAMS: Sequence[tuple[str, Sequence[Any]]] = (
    ("trees", (100, 200, 500)), ("depth", (4, 6, 9)), ("rate", (0.01, 0.05, 0.1)),
    ("folds", (3, 5, 10)), ("window", (7, 14, 28)), ("seed", (1, 7, 42)),
    ("loss", ("l1", "l2", "huber")), ("balanced", (True, False)),
)  # fmt: skip
_FRAMEWORKS = ("sklearn", "xgboost", "lightgbm", "tensorflow", "pytorch", "mlflow")
_HIGHER = (("f1_macro", 0.8), ("accuracy", 0.85), ("auc", 0.75), ("recall", 0.7))
_LOWER = (("rmse", 12.5), ("log_loss", 0.4), ("mape", 0.15))
_CPU = ("250m", "500m", 1, 1.5, 2, 4)
_MEMORY = ("512Mi", "1Gi", "2Gi", "4Gi", "8Gi")
_TIMEOUTS = ("10m", "30m", "1h", "1h30m", "3h")


class Generated(NamedTuple):
    name: str
    project: Tree
    lock: Tree


class Maker:
    """One project in the making; `random` decides what it has."""

    def __init__(self, number: int, *, is_small: bool = False) -> None:
        self.is_small = is_small
        generation, place = divmod(number, len(_SUBJECTS) * len(_TASKS))
        task, subject = divmod(place, len(_SUBJECTS))
        self.subject = _SUBJECTS[subject]
        suffix = f"-{generation + 1}" if generation else ""
        self.name = f"{self.subject}-{_TASKS[task]}{suffix}"
        self.random = Random(f"mlspec {number}")
        self.image = f"ghcr.io/acme/{self.name}:{self.number(1, 4)}.{self.number(0, 20)}.0"

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def one(self, items: Sequence[Any]) -> Any:
        return self.random.choice(items)

    def some(self, items: Sequence[Any], low: int, high: int) -> list[Any]:
        """Some of the items, in their order."""
        chosen = set(self.random.sample(range(len(items)), self.number(low, high)))
        return [item for position, item in enumerate(items) if position in chosen]

    def weighted(self, *weights: int) -> int:
        """A number from 0, each with its weight; of small projects, the least."""
        if self.is_small:
            return 0
        return self.random.choices(range(len(weights)), weights)[0]

    def digest(self, text: str) -> str:
        return f"sha256:{sha256(f'{self.name} {text}'.encode()).hexdigest()}"


def generate(number: int, environments: Sequence[str], *, is_small: bool = False) -> Generated:
    """The project of that number. The last of its environments is protected, the first of two is
    one to try things in. Small ones have a source or two, three steps and no service."""
    make = Maker(number, is_small=is_small)
    project = _head(make)
    sources = project["data"]["sources"] = _sources(make)
    steps = _transforms(make, sources)
    project["transforms"] = steps
    project["training"] = _trainings(make, *list(steps.values())[-1]["outputs"].items())
    project["pipeline"] = _pipeline(make)
    project["registry"] = {"type": "mlflow", "models": _models(make, project["training"])}
    if services := _services(make, list(project["training"])):
        project["serving"] = services
        project["monitoring"] = _monitoring(make, services)
    if roles := _roles(make, project["metadata"]["team"]):
        project["access"] = {"roles": roles}
    project["environments"] = _environments(make, project, environments)
    return Generated(make.name, project, _lock(make, project, environments[-1]))


def _head(make: Maker) -> Tree:
    metadata = {"name": make.name, "team": make.one(_TEAMS)}
    metadata["owners"] = [f"{each}@example.com" for each in make.some(_PEOPLE, 1, 3)]
    if make.chance(70):
        what = make.one(("Tells", "Estimates", "Predicts"))
        metadata["description"] = f"{what} the {make.name.replace('-', ' ')} of the coming week."
    return {
        "apiVersion": "mlspec.io/v1alpha1",
        "kind": "Project",
        "metadata": metadata,
        "image": make.image,
        "data": {},
    }


def _sources(make: Maker) -> Tree:
    kinds = (_s3, _s3, _postgres, _gcs, _http, _git, _bigquery, _kafka, _mysql)
    return {
        f"{make.subject}-{each}": make.one(kinds)(make, each)
        for each in make.some(_DATA, 1, 1 + make.weighted(50, 35, 15))
    }


def _files(make: Maker, *formats: str) -> Tree:
    return {"format": make.one(formats or ("csv", "parquet", "jsonl"))}


def _secret(make: Maker, percent: int) -> Tree:
    secret = {"secret": f"{make.subject}-{make.one(('reader', 'store', 'lake'))}"}
    return {"credentials": secret} if make.chance(percent) else {}


def _columns(make: Maker, percent: int = 65) -> Tree:
    """A schema, often with the one column by which the data's age is told."""
    if not make.chance(percent):
        return {}
    columns = dict(make.some(_COLUMNS, 3, 7))
    if make.chance(50):
        return {"schema": columns}
    return {"schema": columns | {"at": "timestamp"}, "freshness": make.one(("24h", "7d", "36h"))}


def _s3(make: Maker, what: str) -> Tree:
    region = make.one(("eu-west-1", "eu-central-1", "us-east-1"))
    name = make.one((f"{what}/", f"{what}/{what}.csv"))
    source = {"type": "s3", "uri": f"s3://{make.subject}-lake/{name}"}
    if make.chance(60):
        source |= {"endpoint": f"s3.{region}.amazonaws.com", "region": region}
    return {**source, **_files(make), **_secret(make, 80), **_columns(make)}


def _gcs(make: Maker, what: str) -> Tree:
    uri = f"gs://acme-{make.subject}/{what}/2026/{what}.parquet"
    source = {"type": "gcs", "uri": uri, **_files(make, "parquet")}
    return {**source, **_secret(make, 60), **_columns(make)}


def _http(make: Maker, what: str) -> Tree:
    uri = f"https://data.example.com/{make.subject}/{what}.csv"
    return {"type": "http", "uri": uri, **_files(make, "csv"), **_columns(make, 40)}


def _git(make: Maker, what: str) -> Tree:
    uri = f"https://git.example.com/{make.subject}/data.git"
    source = {"type": "git", "uri": uri, "revision": make.one(("main", "v2", "release"))}
    return {**source, "path": f"data/{what}.csv", **_files(make, "csv"), **_columns(make, 50)}


def _sql(make: Maker, what: str) -> Tree:
    where = {"database": make.subject}
    if make.chance(50):
        return {**where, "table": what}
    return {**where, "query": f"SELECT * FROM {what} WHERE day >= current_date - 30"}


def _postgres(make: Maker, what: str) -> Tree:
    host = f"{make.subject}-db.example.com"
    server = {"type": "postgres", "host": host, "port": 5432}
    return {**server, **_sql(make, what), **_secret(make, 100), **_columns(make)}


def _mysql(make: Maker, what: str) -> Tree:
    host = f"{make.subject}-mysql.example.com"
    server = {"type": "mysql", "host": host}
    return {**server, **_sql(make, what), **_secret(make, 100), **_columns(make)}


def _bigquery(make: Maker, what: str) -> Tree:
    account = f"{make.subject}-reader@acme.iam.gserviceaccount.com"
    table = {"type": "bigquery", "project": "acme-data", "dataset": make.subject, "table": what}
    return {**table, "credentials": {"workload_identity": account}, **_columns(make)}


def _kafka(make: Maker, what: str) -> Tree:
    name = f"{make.subject}-{what}"
    run = f"python -m {make.subject}.consume --out ${{{{ outputs.{name} }}}} --minutes 30"
    topic = {"brokers": ["kafka-0.kafka.svc:9092"], "topic": f"{make.subject}.{what}"}
    return {"type": "kafka", **topic, "format": "jsonl", "run": run}


def _resources(make: Maker, percent: int = 70) -> Tree:
    if not make.chance(percent):
        return {}
    return {"resources": {"cpu": make.one(_CPU), "memory": make.one(_MEMORY)}}


def _step(make: Maker, program: str, inputs: Sequence[str], outputs: Sequence[str]) -> Tree:
    """What a transform and a training have in common."""
    params = {name: make.one(values) for name, values in make.some(_PARAMS, 0, 4)}
    words = ["python", "-m", f"{make.subject}.{program}"]
    words += [f"--{name}=${{{{ inputs.{name} }}}}" for name in inputs]
    words += [f"--{name}-to=${{{{ outputs.{name} }}}}" for name in outputs]
    words += [f"--{name}=${{{{ params.{name} }}}}" for name in params]
    step: Tree = {"run": words if make.chance(20) else " ".join(words), "inputs": list(inputs)}
    if params:
        step["params"] = params
    step |= _resources(make)
    if make.chance(25):
        backoff = make.one(("30s", "1m"))
        step["retries"] = make.one((1, 2, {"limit": 2, "backoff": backoff}))
    if make.chance(30):
        step["timeout"] = make.one(_TIMEOUTS)
    if make.chance(20):
        step["env"] = {"OMP_NUM_THREADS": str(make.number(1, 8)), "LOG_LEVEL": "info"}
    return step


def _transforms(make: Maker, sources: Tree) -> Tree:
    """A chain with branches: each reads what the one before wrote, and sources until all are
    read."""
    count = 1 + make.weighted(35, 30, 20, 15)
    unread = list(sources)
    steps: Tree = {}
    before = ""
    for position in sorted(make.random.sample(range(len(_VERBS)), count)):
        left = count - len(steps)
        taken, unread = unread[: -(-len(unread) // left)], unread[-(-len(unread) // left) :]
        inputs = [*taken, *([before] if before else [])]
        before = _MADE[position]
        step = _step(make, _VERBS[position], inputs, [before])
        if make.chance(50):
            step["description"] = f"Writes what is {before} of {' and '.join(inputs)}."
        step["outputs"] = {before: _output(make)}
        steps[_VERBS[position]] = {**step, **({"cache": True} if make.chance(40) else {})}
    return steps


def _output(make: Maker) -> Tree:
    output = {"format": make.one(("parquet", "parquet", "csv"))}
    if not make.chance(50):
        return output
    types = {
        name: column if isinstance(column, str) else column["type"]
        for name, column in make.some(_COLUMNS, 2, 6)
    }
    return {**output, "schema": types}


def _trainings(make: Maker, reads: tuple[str, Tree]) -> Tree:
    kinds = make.some(("grader", "booster", "network"), 1, 1 + make.weighted(75, 25))
    return {f"{make.subject}-{kind}": _training(make, kind, *reads) for kind in kinds}


def _training(make: Maker, kind: str, reads: str, output: Tree) -> Tree:
    step = _step(make, f"train_{kind}", [reads], ["model"])
    if "schema" in output and make.chance(60):
        step["expects"] = {reads: dict(make.some(list(output["schema"].items()), 1, 2))}
    step["framework"] = make.one(_FRAMEWORKS)
    if kind == "network" and make.chance(30):
        step["resources"] = {"cpu": 4, "memory": "16Gi", "gpu": 1}
    metrics = [name for name, _ in (*make.some(_HIGHER, 1, 2), *make.some(_LOWER, 0, 2))]
    run = (
        f"python -m {make.subject}.evaluate_{kind} --model ${{{{ inputs.model }}}} "
        f"--data ${{{{ inputs.{reads} }}}} --metrics ${{{{ metrics }}}}"
    )
    step["evaluate"] = {"run": run, "metrics": metrics, **_resources(make, 20)}
    return step


def _pipeline(make: Maker) -> Tree:
    cron = f"{make.number(0, 59)} {make.number(0, 23)} * * {make.one(('*', '*', 'MON', '1-5'))}"
    zone = make.one(("Europe/Paris", "UTC", "America/New_York"))
    pipeline: Tree = {}
    if make.chance(75):
        pipeline["schedule"] = make.one((cron, {"cron": cron, "timezone": zone}))
    pipeline["timeout"] = make.one(("2h", "6h", "24h"))
    if make.chance(60):
        pipeline["retries"] = make.number(1, 3)
    if make.chance(40):
        pipeline["concurrency"] = make.one(("forbid", "replace"))
    return {**pipeline, "notify": _notify(make)}


def _notify(make: Maker) -> Tree:
    severity = make.one(("info", "warning", "critical"))
    return {"severity": severity, "channel": make.one((make.subject, f"#{make.subject}-alerts"))}


def _models(make: Maker, trainings: Tree) -> Tree:
    models: Tree = {}
    for name, training in trainings.items():
        gates: Tree = {}
        for metric in training["evaluate"]["metrics"]:
            if metric in dict(_HIGHER):
                gates[metric] = {"min": dict(_HIGHER)[metric]}
            else:
                gates[metric] = {"max": dict(_LOWER)[metric]}
            if make.chance(40):
                gates[metric]["no_worse_than"] = "champion"
                if metric in dict(_LOWER):
                    gates[metric]["better"] = "lower"
        models[name] = {"gates": gates, "alias": "challenger"}
    return models


def _services(make: Maker, models: Sequence[str]) -> Tree:
    """Services as they are where they matter; `_environments` makes less of them elsewhere."""
    count = make.weighted(35, 45, 15, 5)
    names = make.random.sample((f"{make.name}-api", f"{make.name}-web", f"{make.name}-bulk"), count)
    return {name: _service(make, name, models) for name in names}


def _service(make: Maker, name: str, models: Sequence[str]) -> Tree:
    service: Tree = {"model": make.one(models)}
    if make.chance(50):
        high = make.number(3, 8)
        service["replicas"] = {"min": make.number(1, 2), "max": high, "target": {"cpu": 70}}
    else:
        service["replicas"] = make.number(1, 4)
    service |= _resources(make, 80)
    rollouts: Sequence[Tree] = (
        {},
        {"strategy": "canary", "candidate": "challenger", "weight": make.one((5, 10, 25))},
        {"strategy": "shadow", "candidate": "challenger"},
        {"strategy": "ab", "variants": {"champion": 80, "challenger": 20}},
    )
    if rollout := rollouts[make.weighted(55, 30, 8, 7)]:
        service["rollout"] = rollout
    if make.chance(60):
        service["expose"] = {"host": f"{name}.example.com"}
        if make.chance(40):
            service["expose"]["timeout"] = make.one(("2s", "5s", "1m"))
    return service


def _monitoring(make: Maker, services: Tree) -> Tree:
    watched: Tree = {}
    for name in services:
        slo = {"availability": make.one(("99%", "99.5%", "99.9%"))}
        if make.chance(60):
            slo["latency"] = {make.one(("p90", "p95", "p99")): make.one(("100ms", "250ms", "1s"))}
        watched[name] = {"slo": slo, "notify": _notify(make)}
    return watched


def _roles(make: Maker, team: str) -> Tree:
    roles = {
        "data-scientist": (f"group:{team}-data-scientists", ["view", "logs", "run"]),
        "operator": (f"group:{team}-operators", ["view", "logs", "run", "stop"]),
        "auditor": ("group:auditors", ["view"]),
    }
    chosen = make.some(list(roles), 0, make.weighted(30, 45, 25))
    return {name: {"subjects": [roles[name][0]], "may": roles[name][1]} for name in chosen}


def _environments(make: Maker, project: Tree, environments: Sequence[str]) -> Tree:
    found: Tree = {name: {} for name in environments}
    if len(environments) > 1:
        found[environments[0]] = _smaller(project)
    found[environments[-1]] = make.one((
        {},
        {"pipeline": {"notify": {"severity": "critical"}, "timeout": "4h"}},
    ))  # fmt: skip
    return found


def _smaller(project: Tree) -> Tree:
    """An overlay for where things are tried: no schedule, and one copy of what was trained last."""
    overlay: Tree = {}
    if "schedule" in project["pipeline"]:
        overlay["pipeline"] = {"schedule": None}
    for name, service in project.get("serving", {}).items():
        less: Tree = {"alias": "challenger", "replicas": 1}
        if "rollout" in service:
            less["rollout"] = None
        if "expose" in service:
            less["expose"] = {"host": service["expose"]["host"].replace(".", ".dev.", 1)}
        overlay.setdefault("serving", {})[name] = less
    return overlay


def _lock(make: Maker, project: Tree, environment: str) -> Tree:
    """What the protected environment uses: every image, every version that is served, every
    revision."""
    locked: Tree = {"images": {name: make.digest(name) for name in (make.image, RUNTIME_IMAGE)}}
    models: Tree = {}
    for service in project.get("serving", {}).values():
        aliases = ["champion", *(["challenger"] if "rollout" in service else [])]
        versions = models.setdefault(service["model"], {})
        for alias in aliases:
            versions.setdefault(alias, _version(make, service["model"], alias))
    if models:
        locked["models"] = models
    revisions = {
        name: {"revision": make.digest(name)[7:47]}
        for name, source in project["data"]["sources"].items()
        if source["type"] == "git"
    }
    if revisions:
        locked["data"] = revisions
    return {
        "apiVersion": "mlspec.io/v1alpha1",
        "kind": "Lock",
        "environments": {environment: locked},
    }


def _version(make: Maker, model: str, alias: str) -> Tree:
    run = make.digest(f"{model} {alias}")[7:39]
    uri = f"s3://mlspec-artifacts/mlflow/{make.number(1, 99)}/{run}/artifacts/model"
    return {"version": str(make.number(2, 40)), "uri": uri, "run_id": run}
