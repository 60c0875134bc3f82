"""A proportion by sex and 20 areas with its errors: 1 and 10 million persons, 100 strata, 5,000 clusters.

Beside ours stand the bare scan that any answer must do (sums of weights by stratum, cluster, area and sex in DuckDB),
svy, and what R's survey package took elsewhere. Everything runs in a process of its own, so that its peak of memory
is known; seconds are those of the work, medians of RUNS, from a Parquet file whose pages the system already holds.

    python -m bench.surveys            1 and 10 million persons
    python -m bench.surveys --large    also 100 million (about 1.2 GB of disk)
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

RUNS = 5
STRATA, CLUSTERS, AREAS = 100, 5000, 20
MILLION = 1_000_000
SVY = 500  # bytes of memory that svy takes for a person, about
BARE = """select stratum, cluster, area, sex, sum(weight), sum(weight * afraid) from '{file}'
group by stratum, cluster, area, sex"""
FLOOR = "select sum(weight), sum(afraid), max(stratum), max(cluster), max(area), max(sex) from '{file}'"
# Hashes are the seed: the same persons on every machine, clusters scattered over the file.
PERSONS = f"""copy (
select cluster % {STRATA} as stratum, cluster, (hash(7 * i + 3) % {AREAS})::int as area,
    (1 + hash(11 * i + 5) % 2)::int as sex, (50 + hash(13 * i + 1) % 10000 / 100.0)::double as weight,
    (hash(17 * i + 2) % 1000 < 80 + 10 * (hash(11 * i + 5) % 2) + cluster % 50)::int as afraid,
    (hash(19 * i + 4) % 1000000 / 100.0)::double as income
from (select i, (hash(i) % {CLUSTERS})::int as cluster from range({{persons}}) t(i))
) to '{{file}}' (format parquet)"""


def bare(file: Path) -> Callable[[], object]:
    return lambda: duckdb.connect().sql(BARE.format(file=file)).to_arrow_table()


def floor(file: Path) -> Callable[[], object]:
    return lambda: duckdb.connect().sql(FLOOR.format(file=file)).to_arrow_table()


def ours(file: Path, what: str) -> Callable[[], object]:
    from genderlens.engines import connect, read
    from genderlens.surveys.design import Design, Replicates
    from genderlens.surveys.estimates import estimate
    from genderlens.surveys.statistics import Gap, Proportion, Quantile, Stat

    replicates = Replicates("bootstrap", number=1000) if what == "bootstrap" else None
    design = Design("weight", "stratum", "cluster", replicates=replicates)
    stats: list[Stat] = [Quantile("income")] if what == "quantiles" else [Proportion("afraid", 1)]
    gaps = [Gap("sex", "2", "1")] if what == "gaps" else []
    memory = "200MB" if what != "quantiles" else "1GB"
    return lambda: estimate(read(connect(memory=memory), file), design, stats, ["sex", "area"], gaps).table


def svy(file: Path) -> Callable[[], object]:
    import polars
    import svy

    def work() -> object:
        sample = svy.Sample(polars.read_parquet(file), svy.Design(stratum="stratum", psu="cluster", wgt="weight"))
        return sample.estimation.mean("afraid", by=["sex", "area"])

    return work


def one(what: str, file: Path, runs: int) -> None:
    """Run in a process of its own; the answer goes out as JSON."""
    work = {"bare": bare, "floor": floor, "svy": svy}.get(what, lambda path: ours(path, what))(file)
    work()
    seconds = []
    for _run in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    # Not getrusage: it counts what the parent held before this process began.
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1000
    print(json.dumps({"seconds": statistics.median(seconds), "peak": peak}))


def measured(what: str, file: Path, runs: int = RUNS) -> tuple[float, float] | None:
    """Median seconds and peak MB, or None where it did not end well, as when memory is not enough."""
    command = [sys.executable, "-m", "bench.surveys", "--one", what, str(file), str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600, check=False)
    if done.returncode:
        print(done.stderr.strip().splitlines()[-1:] or "killed", file=sys.stderr)
        return None
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return answer["seconds"], answer["peak"]


def row(what: str, persons: int, found: tuple[float, float] | None, asked: str = "") -> None:
    took = f"{found[0]:8.2f} s  {found[1]:6.0f} MB" if found else "   did not end    "
    print(f"{what:<58} {persons // MILLION:>4} M  {took}  {asked}", flush=True)


def agree(file: Path) -> None:
    """Our answers against svy's, before any of them is timed."""
    import polars

    mine = ours(file, "proportion")()
    theirs = svy(file)()
    frame = theirs.to_polars() if hasattr(theirs, "to_polars") else polars.DataFrame()
    if frame.is_empty():
        return
    for here, there in zip(mine.to_pylist(), frame.to_dicts(), strict=True):  # type: ignore[attr-defined]
        assert abs(here["estimate"] / there["est"] - 1) < 1e-9, (here, there)
        assert abs(here["se"] / there["se"] - 1) < 1e-6, (here, there)
    print("Estimates and standard errors equal those of svy.")


def main(arguments: Iterable[str]) -> None:
    options = list(arguments)
    if options[:1] == ["--one"]:
        one(options[1], Path(options[2]), int(options[3]))
        return
    large = "--large" in options
    print(f"{machine()}; DuckDB {duckdb.__version__}; medians of {RUNS}")
    print("R survey 4.1, measured elsewhere, 10 M: 193 s (mean by domains) + 172 s (design), 4.8 GB")
    with tempfile.TemporaryDirectory(prefix="bench-surveys-") as folder:
        for persons in (1, 10, 100) if large else (1, 10):
            file = Path(folder) / f"{persons}.parquet"
            duckdb.sql(PERSONS.format(persons=persons * MILLION, file=file))
            if persons == 1:
                agree(file)
            size(persons * MILLION, file)
            file.unlink()


def size(persons: int, file: Path) -> None:
    runs = RUNS if persons < 100 * MILLION else 1
    least = measured("floor", file, runs)
    stored = file.stat().st_size / 1e6
    rate = f"{stored / least[0] / 1000:.1f} GB/s of {stored:.0f} MB stored" if least else ""
    row("read the columns and add them up (the floor)", persons, least, rate)
    row("bare scan by stratum, cluster, area, sex", persons, scan := measured("bare", file, runs))
    asked = {MILLION: "", 10 * MILLION: "asked: 1.5 s, 400 MB, 2 × the bare scan", 100 * MILLION: "asked: 20 s"}
    row("ours: proportion by sex × area, errors", persons, mine := measured("proportion", file, runs), asked[persons])
    if mine and scan:
        print(f"{'':<58} {mine[0] / scan[0]:.2f} × the bare scan")
    if persons == 100 * MILLION:
        return
    row("ours, with 40 gaps of women and men", persons, measured("gaps", file, runs))
    row("ours, 1,000 bootstrap replicates", persons, boot := measured("bootstrap", file, runs))
    if mine and boot:
        print(f"{'':<58} they add {boot[0] - mine[0]:.2f} s  (asked: 0.5 s)")
    row("ours, median income by sex × area, Woodruff", persons, measured("quantiles", file, 2))
    if free() > SVY * persons:
        row("svy, the same proportion", persons, measured("svy", file, 1))
    else:
        print(f"svy needs about {SVY * persons / 1e9:.0f} GB for {persons // MILLION} M persons: not here")


def free() -> float:
    """Bytes of memory that may be taken."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(float(line.split()[1]) * 1000 for line in lines if line.startswith("MemAvailable"))


def machine() -> str:
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GB"


if __name__ == "__main__":
    main(sys.argv[1:])
