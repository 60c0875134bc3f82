"""Made enusc.parquet from the ENUSC 2019 extract of R's `calidad` package, saved as Parquet: make.py EXTRACT.parquet"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

KEPT = ("rph_sexo", "rph_edad", "enc_region", "VarStrat", "Conglomerado", "Fact_Pers")
PLACES = {
    "taxi": "taxi",
    "bus": "micro",
    "shopping_centre": "centr.com",
    "public_transport": "loc.col",
    "street": "calles.barrio",
}


def main(extract: Path, made: Path) -> None:
    whole = pq.read_table(extract)
    columns = {name: whole[name] for name in KEPT}
    for name, place in PLACES.items():
        # The extract has one column for women and one for men, each 0 for the other sex.
        columns[name] = pc.add(whole[f"muj_insg_{place}"], whole[f"hom_insg_{place}"]).cast(pa.int8())
    small = pa.table({name: column.cast(smaller(column.type, name)) for name, column in columns.items()})
    pq.write_table(small, made, compression="zstd")


def smaller(kind: pa.DataType, name: str) -> pa.DataType:
    if name in ("rph_sexo", "rph_edad", "enc_region"):
        return pa.int8()
    return pa.int32() if pa.types.is_integer(kind) and name in ("VarStrat", "Conglomerado") else kind


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).with_name("enusc.parquet"))
