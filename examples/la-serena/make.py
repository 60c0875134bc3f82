"""Made the files of this folder from the sources that SOURCE.md names: make.py FOLDER_OF_SOURCES

What is real is cut and added up; the places are drawn with a seed and are not real.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapefile
import shapely
from shapely.geometry import shape

from genderlens.access.tables import HOMES, PLACES

HERE = Path(__file__).parent
SEED = 2017
COMMUNES = (4101, 4102)  # La Serena, Coquimbo
BANDS = ((0, "0-5"), (6, "6-17"), (18, "18-29"), (30, "30-44"), (45, "45-59"), (60, "60+"))
POINTS = 12  # street corners that stand for the houses of a zone
CHILDCARE, SITES, JOBS = 40, 400, 60_000
SEXES = {"Mujer": "f", "Hombre": "m"}
ADULT = ("18-29", "30-44", "45-59")
PAID = ("Por un pago en dinero o especies",
        "Tenía empleo pero estuvo de vacaciones, con licencia, en descanso laboral, etc.")  # fmt: skip


def main(sources: Path) -> None:
    draw = np.random.default_rng(SEED)
    nodes, links = streets(sources)
    persons = census(sources / "census2017_persons_region4.parquet")
    zones = shapes(sources / "census2017_zones" / "ZONA_C17.shp")
    homes = spread(persons, zones, nodes, draw)
    pq.write_table(homes, HERE / "homes.parquet", compression="zstd")
    duties(persons, zones)
    shutil.copyfile(sources / "gtfs_coquimbo.zip", HERE / "gtfs_coquimbo.zip")
    places = pa.concat_tables([childcare(homes, draw), jobs(nodes, links, draw)])
    with (HERE / "places-illustrative.csv").open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(PLACES.names)
        rows.writerows(list(row.values()) for row in places.to_pylist())


def streets(sources: Path) -> tuple[pa.Table, pa.Table]:
    """Without motorways, which nobody walks along, and with what a walker needs to know of a link."""
    read = {name: list(csv.DictReader((sources / f"street_{name}.csv").open())) for name in ("nodes", "links")}
    walked = [link for link in read["links"] if link["link_type"] != "motorway"]
    ends = {link[end] for link in walked for end in ("a_node", "b_node")}
    nodes = pa.table({
        "node_id": pa.array([int(node["node_id"]) for node in read["nodes"] if node["node_id"] in ends], pa.int32()),
        "lon": [float(node["lon"]) for node in read["nodes"] if node["node_id"] in ends],
        "lat": [float(node["lat"]) for node in read["nodes"] if node["node_id"] in ends],
    })  # fmt: skip
    links = pa.table({
        "a_node": pa.array([int(link["a_node"]) for link in walked], pa.int32()),
        "b_node": pa.array([int(link["b_node"]) for link in walked], pa.int32()),
        "length_m": pa.array([round(float(link["length_m"]), 3) for link in walked], pa.float32()),
        "link_type": pa.array([link["link_type"] for link in walked]).dictionary_encode(),
    })  # fmt: skip
    pq.write_table(nodes, HERE / "street_nodes.parquet", compression="zstd")
    pq.write_table(links, HERE / "street_links.parquet", compression="zstd")
    return nodes, links


def census(path: Path) -> pa.Table:
    """Persons of the towns: zone, sex, band of age, whether a child under six lives with them, whether they work."""
    whole = pq.read_table(
        path, columns=["COMUNA", "DC", "AREA", "ZC_LOC", "ID_ZONA_LOC", "NVIV", "NHOGAR", "P08", "P09", "P17"]
    )
    whole = whole.filter(pc.and_(pc.equal(whole["AREA"], 1), pc.is_in(whole["COMUNA"], pa.array(COMMUNES))))
    rows = whole.to_pandas()
    home = ["COMUNA", "ID_ZONA_LOC", "NVIV", "NHOGAR"]
    rows["child"] = (rows["P09"] < 6).groupby([rows[name] for name in home]).transform("any") & (rows["NHOGAR"] < 90)
    bands = np.array([name for _, name in BANDS])
    return pa.table({
        "zone": [f"{c}{d:02d}1{z:03d}" for c, d, z in zip(rows["COMUNA"], rows["DC"], rows["ZC_LOC"], strict=True)],
        "sex": rows["P08"].map(SEXES).astype(str).tolist(),
        "age": bands[np.searchsorted([low for low, _ in BANDS], rows["P09"], side="right") - 1].tolist(),
        "child": rows["child"].astype(bool).tolist(),
        "paid": rows["P17"].isin(PAID).tolist(),
    })  # fmt: skip


def shapes(path: Path) -> dict[str, shapely.Geometry]:
    """The zones of the towns, a little simpler, also written as GeoJSON."""
    reader = shapefile.Reader(str(path), encoding="utf-8")
    found = {}
    for one, record in zip(reader.shapes(), reader.records(), strict=True):
        if record["URBANO"] in ("LA SERENA", "COQUIMBO"):
            outline = shapely.make_valid(shape(one.__geo_interface__)).simplify(0.0001)
            found[record["GEOCODIGO"]] = shapely.set_precision(outline, 0.00001)
    features = [
        {"type": "Feature", "properties": {"zone": zone}, "geometry": json.loads(shapely.to_geojson(outline))}
        for zone, outline in sorted(found.items())
    ]
    (HERE / "zones.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return found


def spread(
    persons: pa.Table, zones: dict[str, shapely.Geometry], nodes: pa.Table, draw: np.random.Generator
) -> pa.Table:
    """The persons of each zone, evenly on some of its street corners."""
    counted = persons.group_by(["zone", "sex", "age"]).aggregate([([], "count_all")]).sort_by(
        [("zone", "ascending"), ("sex", "ascending"), ("age", "ascending")]
    )  # fmt: skip
    points = shapely.points(nodes["lon"].to_numpy(), nodes["lat"].to_numpy())
    tree = shapely.STRtree(points)
    corners = {}
    for zone in sorted(set(counted["zone"].to_pylist()) & zones.keys()):
        inside = np.sort(tree.query(zones[zone], predicate="contains"))
        if not len(inside):
            inside = np.array([tree.nearest(zones[zone].representative_point())])
        corners[zone] = np.sort(draw.choice(inside, min(POINTS, len(inside)), replace=False))
    rows = []
    for row in counted.to_pylist():
        for at in corners.get(row["zone"], ()):
            rows.append({
                "home": f"{row['zone']}-{nodes['node_id'][int(at)]}",
                "lon": points[at].x, "lat": points[at].y, "sex": row["sex"], "age": row["age"],
                "persons": round(row["count_all"] / len(corners[row["zone"]]), 4),
            })  # fmt: skip
    return pa.Table.from_pylist(rows, schema=HOMES)


def duties(persons: pa.Table, zones: dict[str, shapely.Geometry]) -> None:
    """Persons of 18 to 59 by sex, by whether a child under six lives with them, and by whether they work for pay."""
    here = pc.is_in(persons["zone"], pa.array(list(zones)))
    adults = persons.filter(pc.and_(pc.is_in(persons["age"], pa.array(ADULT)), here))
    counted = adults.group_by(["sex", "child", "paid"]).aggregate([([], "count_all")])
    rows = sorted((row["sex"], int(row["child"]), int(row["paid"]), row["count_all"]) for row in counted.to_pylist())
    with (HERE / "duties.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("sex", "duty", "works_for_pay", "persons"), *rows])


def childcare(homes: pa.Table, draw: np.random.Generator) -> pa.Table:
    """Not real: at the homes of small children, more where there are more of them."""
    small = homes.filter(pc.equal(homes["age"], "0-5")).group_by(["home", "lon", "lat"]).aggregate([("persons", "sum")])
    weight = small["persons_sum"].to_numpy()
    chosen = np.sort(draw.choice(len(weight), CHILDCARE, replace=False, p=weight / weight.sum()))
    rows = [
        {"place": f"childcare-{i + 1}", "lon": small["lon"][int(at)].as_py(), "lat": small["lat"][int(at)].as_py(),
         "kind": "childcare", "amount": float(draw.integers(30, 121)), "opens": 27_000, "closes": 68_400}
        for i, at in enumerate(chosen)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=PLACES)


def jobs(nodes: pa.Table, links: pa.Table, draw: np.random.Generator) -> pa.Table:
    """Not real: on main streets, where shops and offices tend to be."""
    main_streets = links.filter(
        pc.is_in(links["link_type"].cast(pa.string()), pa.array(["primary", "secondary", "tertiary"]))
    )
    on = np.flatnonzero(np.isin(nodes["node_id"].to_numpy(), main_streets["a_node"].to_numpy()))
    sites = np.sort(draw.choice(on, SITES, replace=False))
    size = draw.lognormal(0, 1, SITES)
    amount = np.maximum(np.rint(size * JOBS / size.sum()), 1)
    rows = [
        {"place": f"jobs-{i + 1}", "lon": nodes["lon"][int(at)].as_py(), "lat": nodes["lat"][int(at)].as_py(),
         "kind": "jobs", "amount": float(amount[i]), "opens": None, "closes": None}
        for i, at in enumerate(sites)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=PLACES)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
